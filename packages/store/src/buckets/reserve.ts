import type { BucketState } from '@otp-relay/core';
import type pg from 'pg';
import { again } from '../ledger/again.ts';
import { arraysOf, insertInto, recordsOf, rowsFrom, rowType, unnest } from '../ledger/bulk.ts';
import { withClient } from '../with-client.ts';
import { type Bucket, type Decided, decide } from './decide.ts';
import { type BucketAsk, bucketName, type Reserved } from './take.ts';

export const bucket = rowType('bucket', {
  tenant_id: 'text',
  key: 'bytea',
  kind: 'text',
  state: 'jsonb',
  spent_at: 'bigint',
});
const keyColumns = { tenant_id: 'text', key: 'bytea' } as const;

/** Always in the same order: two batches that share buckets wait for each other instead of deadlocking. */
const make = {
  name: 'buckets-make',
  text: `${insertInto('otp.buckets', bucket)} order by key, tenant_id
    on conflict do nothing returning tenant_id, key`,
};

const lock = {
  name: 'buckets-lock',
  text: `select b.tenant_id, b.key, b.state from ${unnest(keyColumns)}
    join otp.buckets b on b.tenant_id = r.tenant_id and b.key = r.key
    order by b.key, b.tenant_id for no key update of b`,
};

const write = {
  name: 'buckets-write',
  text: `update otp.buckets b set state = r.state, spent_at = case r.spent_at when 0 then b.spent_at else r.spent_at end
    from ${rowsFrom(bucket)} where b.tenant_id = r.tenant_id and b.key = r.key`,
};

type StoredKey = { readonly tenant_id: string; readonly key: Buffer };
type Stored = StoredKey & { readonly state: BucketState };

/**
 * Takes from buckets, each ask all or nothing, matched by position; at no time does anybody else see or take what is being
 * taken. In a transaction of its own; it is durable when the next commit of this database is, not sooner: whatever
 * is written on the strength of it is never there without it. `now` in ms since 1970, by Postgres' clock.
 */
export const reserve = (
  pool: pg.Pool,
  asks: readonly BucketAsk[],
  now: number,
): Promise<readonly Reserved[]> =>
  again(() =>
    withClient(pool, async (client) => {
      const reserved = await reserveWith(client, asks, now, ['begin', 'set local synchronous_commit = off']);
      await client.query('commit');
      return reserved;
    }),
  );

/**
 * {@link reserve} in a transaction that the caller ends; `before` are statements that travel in the same packet. Buckets
 * that nobody took from yet, the common case, are made as they should be at once; only when there are others too are those
 * locked, and all is decided again.
 */
export async function reserveWith(
  client: pg.PoolClient,
  asks: readonly BucketAsk[],
  now: number,
  before: readonly string[] = [],
): Promise<readonly Reserved[]> {
  const supposed = decide(asks, new Map(), now);
  const wanted = bucketsOf(asks, supposed, now);
  const begun = before.map((text) => client.query(text));
  const making = client.query<StoredKey>({
    ...make,
    values: [recordsOf(bucket, [...wanted.values()].map(rowOf))],
  });
  const [made] = await Promise.all([making, ...begun]);
  if (made.rows.length === wanted.size) return supposed.outcomes;
  const fresh = new Set(made.rows.map((row) => bucketName(row.tenant_id, row.key)));
  const stored = await lockAll(
    client,
    [...wanted].flatMap(([name, it]) => (fresh.has(name) ? [] : [it])),
  );
  const decided = decide(asks, stored, now);
  const changed = [...wanted].flatMap(([name, bucket]) => {
    const after = decided.buckets.get(name);
    if (after) return [after];
    return fresh.has(name) && supposed.buckets.has(name) ? [emptied(bucket, now)] : [];
  });
  if (changed.length > 0) await writeAll(client, changed);
  return decided.outcomes;
}

/** Every bucket that any ask names, as supposed; one that nothing may be taken from is locked all the same. */
function bucketsOf(asks: readonly BucketAsk[], supposed: Decided, now: number): ReadonlyMap<string, Bucket> {
  const buckets = new Map(supposed.buckets);
  for (const { tenantId, takes } of asks)
    for (const { key, kind } of takes) {
      const name = bucketName(tenantId, key);
      if (!buckets.has(name)) buckets.set(name, emptied({ tenantId, key, kind }, now));
    }
  return buckets;
}

const emptied = (bucket: Pick<Bucket, 'tenantId' | 'key' | 'kind'>, now: number): Bucket => ({
  ...bucket,
  state: [],
  spentAt: now,
});

/** Locks buckets that are there. One that was pruned this very moment was spent: it is made anew, empty. */
export async function lockAll(
  client: pg.PoolClient,
  buckets: readonly Pick<Bucket, 'tenantId' | 'key' | 'kind'>[],
): Promise<Map<string, BucketState>> {
  const states = new Map<string, BucketState>();
  for (let left = buckets; left.length > 0; ) {
    const { rows } = await client.query<Stored>({
      ...lock,
      values: arraysOf(
        keyColumns,
        left.map(({ tenantId, key }) => ({ tenant_id: tenantId, key })),
      ),
    });
    for (const row of rows) states.set(bucketName(row.tenant_id, row.key), row.state);
    left = left.filter(({ tenantId, key }) => !states.has(bucketName(tenantId, key)));
    if (left.length === 0) break;
    const rest = left.map((bucket) => rowOf(emptied(bucket, 0)));
    await client.query({ ...make, values: [recordsOf(bucket, rest)] });
  }
  return states;
}

/** Writes buckets that are locked; a `spentAt` of 0 leaves the instant that is stored. */
export const writeAll = (client: pg.PoolClient, buckets: readonly Bucket[]): Promise<unknown> =>
  client.query({ ...write, values: [recordsOf(bucket, buckets.map(rowOf))] });

const rowOf = ({ tenantId, key, kind, state, spentAt }: Bucket) => ({
  tenant_id: tenantId,
  key,
  kind,
  state: JSON.stringify(state),
  spent_at: spentAt,
});
