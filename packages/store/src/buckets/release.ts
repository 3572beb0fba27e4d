import { giveBack } from '@otp-relay/core';
import type pg from 'pg';
import { again } from '../ledger/again.ts';
import { withClient } from '../with-client.ts';
import type { Bucket } from './decide.ts';
import { lockAll, writeAll } from './reserve.ts';
import { bucketName, type Held } from './take.ts';

/** Gives back what was taken for something that did not happen. Giving back twice would take from others: do it once. */
export async function release(pool: pg.Pool, held: readonly Held[]): Promise<void> {
  if (held.every(({ ask }) => ask.takes.length === 0)) return;
  await again(() =>
    withClient(pool, async (client) => {
      await client.query('begin');
      await releaseWith(client, held);
      await client.query('commit');
    }),
  );
}

/** {@link release} in a transaction that the caller ends. */
export async function releaseWith(client: pg.PoolClient, held: readonly Held[]): Promise<void> {
  const named = new Map<string, Pick<Bucket, 'tenantId' | 'key' | 'kind'>>();
  for (const { ask } of held)
    for (const { key, kind } of ask.takes)
      named.set(bucketName(ask.tenantId, key), { tenantId: ask.tenantId, key, kind });
  const states = await lockAll(client, [...named.values()]);
  const buckets = new Map<string, Bucket>();
  for (const { ask, granted, at } of held)
    for (const [index, { key, kind, rule }] of ask.takes.entries()) {
      const name = bucketName(ask.tenantId, key);
      const state = giveBack(buckets.get(name)?.state ?? states.get(name), rule, at, granted[index] ?? 0);
      buckets.set(name, { tenantId: ask.tenantId, key, kind, state, spentAt: 0 });
    }
  await writeAll(client, [...buckets.values()]);
}
