import type pg from 'pg';
import { query } from '../with-client.ts';

/** Refusals are kept for operators this long. */
const refusalsKeptMs = 30 * 86_400_000;

/** Forgets buckets that are spent and refusals of long ago, at most `limit` of each; resolves to how many buckets went. */
export async function pruneBuckets(pool: pg.Pool, limit: number): Promise<number> {
  // Those that are locked are being taken from, and not spent any more.
  const gone = await query<{ gone: number }>(pool, {
    name: 'buckets-prune',
    text: `with spent as (
        select ctid from otp.buckets where spent_at < otp.now_ms() limit $1 for update skip locked
      ), gone as (
        delete from otp.buckets b using spent where b.ctid = spent.ctid returning 1
      ), forgotten as (
        delete from otp.refusals where ctid = any (array(
          select ctid from otp.refusals where hour < otp.now_ms() - $2::bigint limit $1))
      )
      select count(*) as gone from gone`,
    values: [limit, refusalsKeptMs],
  });
  return gone[0]?.gone ?? 0;
}
