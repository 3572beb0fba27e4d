import type pg from 'pg';
import { queryAs } from '../with-actor.ts';
import { query } from '../with-client.ts';

export interface StoredApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  /** `test` keys never reach a real provider. */
  readonly mode: 'live' | 'test';
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

const columns = `id, tenant_id as "tenantId", name, mode, scopes, created_at as "createdAt", expires_at as "expiresAt",
  revoked_at as "revokedAt", last_used_at as "lastUsedAt"`;

/** Keeps a key by its hash; the key itself is shown to its owner once and never stored. */
export async function createApiKey(
  pool: pg.Pool,
  key: Pick<StoredApiKey, 'id' | 'tenantId' | 'name' | 'mode' | 'scopes' | 'expiresAt'> & {
    readonly hash: Buffer;
  },
  actor?: string,
): Promise<void> {
  await queryAs(pool, actor, {
    text: `insert into otp.api_keys (id, tenant_id, hash, name, mode, scopes, expires_at)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [key.id, key.tenantId, key.hash, key.name, key.mode, key.scopes, key.expiresAt],
  });
}

/** A key that may be used now, and for how long by Postgres' clock, ms; null when it does not expire. */
export interface WorkingApiKey extends StoredApiKey {
  readonly leftMs: number | null;
}

/** The key with this hash, when it may be used now: neither revoked nor expired. */
export async function findApiKey(pool: pg.Pool, hash: Buffer): Promise<WorkingApiKey | undefined> {
  const rows = await query<WorkingApiKey>(pool, {
    name: 'api-keys-find',
    text: `select ${columns}, expires_at - otp.now_ms() as "leftMs" from otp.api_keys
      where hash = $1 and revoked_at is null and (expires_at is null or expires_at > otp.now_ms())`,
    values: [hash],
  });
  return rows[0];
}

export const listApiKeys = (pool: pg.Pool, tenantId: string): Promise<StoredApiKey[]> =>
  query<StoredApiKey>(pool, {
    text: `select ${columns} from otp.api_keys where tenant_id = $1 order by id`,
    values: [tenantId],
  });

/** True when the key was in use until now. */
export async function revokeApiKey(
  pool: pg.Pool,
  tenantId: string,
  id: string,
  actor?: string,
): Promise<boolean> {
  const rows = await queryAs(pool, actor, {
    text: `update otp.api_keys set revoked_at = otp.now_ms()
      where tenant_id = $1 and id = $2 and revoked_at is null returning id`,
    values: [tenantId, id],
  });
  return rows.length > 0;
}

/** Lets a working key end no later than this instant, ms since 1970; true when it works until then, or ends earlier by itself. */
export async function endApiKey(
  pool: pg.Pool,
  tenantId: string,
  id: string,
  expiresAt: number,
  actor?: string,
): Promise<boolean> {
  const rows = await queryAs(pool, actor, {
    text: `update otp.api_keys set expires_at = least(expires_at, greatest($3::bigint, created_at + 1))
      where tenant_id = $1 and id = $2 and revoked_at is null and (expires_at is null or expires_at > otp.now_ms())
      returning id`,
    values: [tenantId, id, Math.round(expiresAt)],
  });
  return rows.length > 0;
}

const touchEveryMs = 60_000;

/** Remembers that a key was used, to the minute: a busy key must not become a busy row. */
export async function touchApiKey(pool: pg.Pool, tenantId: string, id: string): Promise<void> {
  await query(pool, {
    name: 'api-keys-touch',
    text: `update otp.api_keys set last_used_at = otp.now_ms()
      where tenant_id = $3 and id = $1 and (last_used_at is null or last_used_at < otp.now_ms() - $2::bigint)`,
    values: [id, touchEveryMs, tenantId],
  });
}
