import type pg from 'pg';
import { queryAs } from '../with-actor.ts';
import { query } from '../with-client.ts';

export interface StoredAccount {
  readonly tenantId: string;
  readonly id: string;
  readonly provider: string;
  readonly settings: unknown;
  /** The credentials as JSON, sealed by the vault. */
  readonly sealedCredentials: Buffer;
  /** ms since 1970. */
  readonly updatedAt: number;
}

const columns = `tenant_id as "tenantId", id, provider, settings, sealed_credentials as "sealedCredentials",
  updated_at as "updatedAt"`;

export async function getAccount(
  pool: pg.Pool,
  tenantId: string,
  id: string,
): Promise<StoredAccount | undefined> {
  const rows = await query<StoredAccount>(pool, {
    text: `select ${columns} from otp.accounts where tenant_id = $1 and id = $2`,
    values: [tenantId, id],
  });
  return rows[0];
}

export const listAccounts = (pool: pg.Pool, tenantId: string): Promise<StoredAccount[]> =>
  query<StoredAccount>(pool, {
    text: `select ${columns} from otp.accounts where tenant_id = $1 order by id`,
    values: [tenantId],
  });

/** Creates or replaces an account, in the name of `actor`. */
export async function putAccount(
  pool: pg.Pool,
  account: Omit<StoredAccount, 'updatedAt'>,
  actor?: string,
): Promise<void> {
  await queryAs(pool, actor, {
    text: `insert into otp.accounts (tenant_id, id, provider, settings, sealed_credentials)
      values ($1, $2, $3, $4::jsonb, $5)
      on conflict (tenant_id, id) do update set provider = excluded.provider, settings = excluded.settings,
        sealed_credentials = excluded.sealed_credentials, updated_at = otp.now_ms()`,
    values: [
      account.tenantId,
      account.id,
      account.provider,
      JSON.stringify(account.settings),
      account.sealedCredentials,
    ],
  });
}

/** True when there was one to remove. */
export async function removeAccount(
  pool: pg.Pool,
  tenantId: string,
  id: string,
  actor?: string,
): Promise<boolean> {
  const rows = await queryAs(pool, actor, {
    text: 'delete from otp.accounts where tenant_id = $1 and id = $2 returning id',
    values: [tenantId, id],
  });
  return rows.length > 0;
}
