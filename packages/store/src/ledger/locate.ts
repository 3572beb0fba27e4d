import type pg from 'pg';
import { query } from '../with-client.ts';
import { storable } from './storable.ts';

/** Attempt ids by the provider's own ids of the messages; unknown ones are absent. For receipts that carry no id of ours. */
export async function locateByProviderRef(
  pool: pg.Pool,
  tenantId: string,
  account: string,
  providerRefs: readonly string[],
): Promise<Map<string, string>> {
  if (providerRefs.length === 0) return new Map();
  const rows = await query<{ provider_ref: string; id: string }>(pool, {
    name: 'ledger-locate',
    text: `select provider_ref, id from otp.attempts
      where tenant_id = $1 and account = $2 and provider_ref = any($3::text[]) order by queued_at`,
    values: [tenantId, account, providerRefs.map(storable)],
  });
  const ids = new Map(rows.map((row) => [row.provider_ref, row.id]));
  return new Map(
    providerRefs.flatMap((ref) => {
      const id = ids.get(storable(ref));
      return id === undefined ? [] : [[ref, id] as const];
    }),
  );
}
