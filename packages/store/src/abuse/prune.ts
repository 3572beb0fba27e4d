import type pg from 'pg';
import { query } from '../with-client.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Nothing looks back further: an hour in slots, a week in days. */
const trafficKeptMs = 2 * hourMs;
const usualKeptMs = 9 * dayMs;
const blocksKeptMs = dayMs;
const decisionsKeptMs = 30 * dayMs;
const spendKeptMs = 90 * dayMs;

/** Forgets what no rule looks at any more, at most `limit` rows of each kind; resolves to how many went. */
export async function pruneAbuse(pool: pg.Pool, limit: number): Promise<number> {
  const oldest = (table: string, condition: string): string =>
    `delete from otp.${table} where ctid = any (array(select ctid from otp.${table} where ${condition} limit $1)) returning 1`;
  const rows = await query<{ gone: number }>(pool, {
    name: 'abuse-prune',
    text: `with traffic as (${oldest(
      'abuse_traffic',
      `slot < otp.now_ms() - ${trafficKeptMs} and (get_byte(key, 0) <> 100 or length(key) = 32 or slot < otp.now_ms() - ${usualKeptMs})`,
    )}),
      blocks as (${oldest('abuse_blocks', `until < otp.now_ms() - ${blocksKeptMs}`)}),
      decisions as (${oldest('abuse_decisions', `at < otp.now_ms() - ${decisionsKeptMs}`)}),
      spend as (${oldest('spend', `day < otp.now_ms() - ${spendKeptMs}::bigint`)})
      select (select count(*) from traffic) + (select count(*) from blocks) + (select count(*) from decisions)
        + (select count(*) from spend) as gone`,
    values: [limit],
  });
  return rows[0]?.gone ?? 0;
}
