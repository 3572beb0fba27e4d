import type pg from 'pg';
import { query } from '../with-client.ts';

/** A verification, and the instant its bell is to ring at, ms since 1970. */
export interface Deadline {
  readonly id: string;
  readonly at: number;
}

/** Whether each verification still waits for just this deadline, by position. */
export async function hasDeadlines(pool: pg.Pool, deadlines: readonly Deadline[]): Promise<boolean[]> {
  if (deadlines.length === 0) return [];
  const rows = await query<{ n: number }>(pool, {
    name: 'ledger-has-deadlines',
    text: `select r.n::int as n from unnest($1::text[], $2::bigint[]) with ordinality as r(id, at, n)
      join otp.verifications v on v.id = r.id and v.bell_at = r.at`,
    values: [deadlines.map(({ id }) => id), deadlines.map(({ at }) => at)],
  });
  const found = new Set(rows.map(({ n }) => n));
  return deadlines.map((_, index) => found.has(index + 1));
}
