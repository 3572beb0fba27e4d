import type pg from 'pg';
import { query } from '../with-client.ts';

/** Verifications whose deadline passed more than `graceMs` ago, oldest first (to within four seconds); those being changed right now are left out. */
export async function due(
  pool: pg.Pool,
  { limit, graceMs }: { readonly limit: number; readonly graceMs: number },
): Promise<string[]> {
  // The clock is read once, in a subselect: compared with a volatile function no index would be used.
  const rows = await query<{ id: string }>(pool, {
    name: 'ledger-due',
    text: `select id from otp.verifications
      where sweep_from < (select otp.now_ms() - $1::bigint) and deadline_at < (select otp.now_ms() - $1::bigint)
      order by sweep_from limit $2::int for no key update skip locked`,
    values: [graceMs, limit],
  });
  return rows.map((row) => row.id);
}
