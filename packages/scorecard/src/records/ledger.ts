import type pg from 'pg';

/** A verification as the ledger has it, with its attempts in order. Instants in ms. */
export interface LedgerRow {
  readonly id: string;
  readonly key: string | null;
  readonly status: string;
  readonly delivery: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly attempts: readonly LedgerAttempt[];
}

export interface LedgerAttempt {
  readonly id: string;
  readonly channel: string;
  readonly state: string;
  readonly queuedAt: number;
  readonly sendingAt: number | null;
  readonly acceptedAt: number | null;
  readonly endedAt: number | null;
}

/** The whole ledger of one tenant. */
export async function readLedger(database: pg.Pool, tenantId: string): Promise<readonly LedgerRow[]> {
  const { rows } = await database.query<LedgerRow>(
    `select v.id, v.idempotency_key as key, v.status, v.delivery,
      v.created_at::float8 as "createdAt", v.expires_at::float8 as "expiresAt",
      coalesce((select json_agg(json_build_object('id', a.id, 'channel', a.channel, 'state', a.state,
        'queuedAt', a.queued_at, 'sendingAt', a.sending_at, 'acceptedAt', a.accepted_at, 'endedAt', a.ended_at)
        order by a.ordinal) from otp.attempts a where a.verification_id = v.id), '[]'::json) as attempts
    from otp.verifications v where v.tenant_id = $1`,
    [tenantId],
  );
  return rows;
}

/** How many verifications still wait for something to happen to an attempt. */
export async function countInFlight(database: pg.Pool, tenantId: string): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `select count(*)::int as count from otp.verifications
    where tenant_id = $1 and delivery in ('queued', 'sending', 'awaiting')`,
    [tenantId],
  );
  return rows[0]?.count ?? 0;
}
