import type { SpendBucket } from '@otp-relay/core';
import type pg from 'pg';
import { again } from '../ledger/again.ts';
import { arraysOf, unnest } from '../ledger/bulk.ts';
import { query, withClient } from '../with-client.ts';
import { withTenant } from '../with-tenant.ts';

/** One message's price and the caps it counts against, in millionths of the tenant's currency. */
export interface Spend {
  readonly tenantId: string;
  readonly price: number;
  readonly buckets: readonly SpendBucket[];
}

export interface SpendLine {
  readonly bucket: string;
  readonly day: number;
  readonly spent: number;
  readonly messages: number;
  readonly withheld: number;
}

const keyColumns = { tenant_id: 'text', bucket: 'text' } as const;
const stateColumns = { ...keyColumns, spent: 'bigint', messages: 'integer', withheld: 'integer' } as const;

/** Postgres' day; buckets always in the same order: batches wait for each other instead of deadlocking. */
const today = '(select otp.now_ms() / 86400000 * 86400000 as day) clock';

const make = {
  name: 'spend-make',
  text: `insert into otp.spend (tenant_id, day, bucket, spent, messages, withheld)
    select r.tenant_id, day, r.bucket, 0, 0, 0 from ${unnest(keyColumns)}, ${today} order by r.tenant_id, r.bucket
    on conflict do nothing`,
};

const lock = {
  name: 'spend-lock',
  text: `select s.tenant_id as "tenantId", s.bucket, s.day, s.spent, s.messages, s.withheld
    from ${unnest(keyColumns)}, ${today}, otp.spend s
    where s.tenant_id = r.tenant_id and s.day = clock.day and s.bucket = r.bucket
    order by s.tenant_id, s.bucket for no key update of s`,
};

const write = {
  name: 'spend-write',
  text: `update otp.spend s set spent = r.spent, messages = r.messages, withheld = r.withheld
    from ${unnest(stateColumns)}
    where s.tenant_id = r.tenant_id and s.day = any($6::bigint[]) and s.bucket = r.bucket`,
};

interface Line {
  readonly tenantId: string;
  readonly bucket: string;
  readonly day: number;
  spent: number;
  messages: number;
  withheld: number;
}

const nameOf = (tenantId: string, bucket: string): string => `${tenantId} ${bucket}`;

/**
 * Reserves the price of messages against their caps, each all or nothing, in their order; by position, whether there was
 * room. Two round trips for any number of messages.
 */
export async function reserveSpend(pool: pg.Pool, spends: readonly Spend[]): Promise<readonly boolean[]> {
  const keys = new Map<string, { tenant_id: string; bucket: string }>();
  for (const { tenantId, buckets } of spends)
    for (const { name } of buckets) keys.set(nameOf(tenantId, name), { tenant_id: tenantId, bucket: name });
  if (keys.size === 0) return spends.map(() => true);
  const values = arraysOf(keyColumns, [...keys.values()]);
  // Midnight between the two statements: the new day's rows are not there yet, and nothing was reserved.
  for (;;) {
    const outcomes = await again(() => reserveOnce(pool, spends, keys.size, values));
    if (outcomes) return outcomes;
  }
}

function reserveOnce(
  pool: pg.Pool,
  spends: readonly Spend[],
  wanted: number,
  values: Buffer[],
): Promise<readonly boolean[] | undefined> {
  return withClient(pool, async (client) => {
    const [, , locked] = await Promise.all([
      client.query('begin'),
      client.query({ ...make, values }),
      client.query<Line>({ ...lock, values }),
    ]);
    const lines = new Map(locked.rows.map((line) => [nameOf(line.tenantId, line.bucket), line]));
    if (lines.size < wanted) {
      await client.query('rollback');
      return undefined;
    }
    const outcomes = spends.map((spend) => take(spend, lines));
    const rows = [...lines.values()].map(({ tenantId, ...line }) => ({ tenant_id: tenantId, ...line }));
    const days = [...new Set(rows.map((row) => row.day))];
    await Promise.all([
      client.query({ ...write, values: [...arraysOf(stateColumns, rows), days] }),
      client.query('commit'),
    ]);
    return outcomes;
  });
}

function take({ tenantId, price, buckets }: Spend, lines: ReadonlyMap<string, Line>): boolean {
  const taken = buckets.flatMap(({ name, cap }) => {
    const line = lines.get(nameOf(tenantId, name));
    return line ? [{ line, cap }] : [];
  });
  const full = taken.filter(({ line, cap }) => line.spent + price > cap);
  for (const { line } of full) line.withheld += 1;
  if (full.length > 0) return false;
  for (const { line } of taken) {
    line.spent += price;
    line.messages += 1;
  }
  return true;
}

/** Gives back what was reserved today for messages that were surely not sent. */
export async function releaseSpend(pool: pg.Pool, spends: readonly Spend[]): Promise<void> {
  const rows = spends.flatMap(({ tenantId, price, buckets }) =>
    buckets.map(({ name }) => ({ tenant_id: tenantId, bucket: name, price })),
  );
  if (rows.length === 0) return;
  const columns = { ...keyColumns, price: 'bigint' } as const;
  await again(() =>
    query(pool, {
      name: 'spend-release',
      text: `with held as (
          select s.tenant_id, s.day, s.bucket, g.price, g.messages from otp.spend s, ${today}, (
            select tenant_id, bucket, sum(price)::bigint as price, count(*) as messages from ${unnest(columns)}
            group by tenant_id, bucket
          ) g
          where s.tenant_id = g.tenant_id and s.bucket = g.bucket and s.day = clock.day
          order by s.tenant_id, s.bucket for no key update of s
        )
        update otp.spend s set spent = greatest(s.spent - held.price, 0), messages = greatest(s.messages - held.messages, 0)
        from held where s.tenant_id = held.tenant_id and s.day = held.day and s.bucket = held.bucket`,
      values: arraysOf(columns, rows),
    }),
  );
}

/** What a tenant's messages cost since an instant, by day and bucket, the newest first. */
export const listSpend = (pool: pg.Pool, tenantId: string, since: number): Promise<SpendLine[]> =>
  withTenant(pool, tenantId, (ask) =>
    ask<SpendLine>(
      `select bucket, day, spent, messages, withheld from otp.spend where tenant_id = $1 and day > $2 - 86400000::bigint
        order by day desc, bucket`,
      [tenantId, since],
    ),
  );
