import type pg from 'pg';
import { query } from '../with-client.ts';
import { insertInto, recordsOf, rowType } from './bulk.ts';
import { storable, storableJson } from './storable.ts';

/** A provider's delivery report as it came, free of addresses and codes. */
export interface RawReceipt {
  readonly tenantId: string;
  readonly account: string;
  readonly provider: string;
  /** The same for every copy of one report. */
  readonly dedupKey: string;
  readonly attemptId: string | null;
  readonly providerRef: string | null;
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  /** The provider's instant, ms since 1970. */
  readonly at: number | null;
  readonly raw: Readonly<Record<string, unknown>>;
}

export const newReceipt = rowType('new_receipt', {
  tenant_id: 'text',
  account: 'text',
  dedup_key: 'text',
  provider: 'text',
  attempt_id: 'text',
  provider_ref: 'text',
  status: 'text',
  at: 'bigint',
  raw: 'jsonb',
});

/** Keeps receipts; resolves by position to whether each one is seen for the first time. */
export async function recordReceipts(pool: pg.Pool, receipts: readonly RawReceipt[]): Promise<boolean[]> {
  if (receipts.length === 0) return [];
  const rows = receipts.map((receipt) => ({
    tenant_id: receipt.tenantId,
    account: receipt.account,
    dedup_key: storable(receipt.dedupKey),
    provider: receipt.provider,
    attempt_id: receipt.attemptId,
    provider_ref: receipt.providerRef === null ? null : storable(receipt.providerRef),
    status: receipt.status,
    at: receipt.at === null ? null : Math.round(receipt.at),
    raw: storableJson(receipt.raw),
  }));
  const fresh = await query<(typeof rows)[number]>(pool, {
    name: 'receipts-record',
    // In the order of the key, so that two copies of one webhook cannot deadlock.
    text: `${insertInto('otp.receipts', newReceipt)} order by tenant_id, account, dedup_key
      on conflict do nothing returning tenant_id, account, dedup_key`,
    values: [recordsOf(newReceipt, rows)],
  });
  if (fresh.length === rows.length) return rows.map(() => true);
  const first = new Set(fresh.map(keyOf));
  return rows.map((row) => first.delete(keyOf(row)));
}

const keyOf = (row: { tenant_id: string; account: string; dedup_key: string }): string =>
  JSON.stringify([row.tenant_id, row.account, row.dedup_key]);
