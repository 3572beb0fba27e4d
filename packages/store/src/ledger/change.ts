import type { Attempt, Verification } from '@otp-relay/core';
import type pg from 'pg';
import { withClient } from '../with-client.ts';
import { again } from './again.ts';
import { arraysOf, insertInto, type RowOf, unnest, widthOf } from './bulk.ts';
import { attemptColumns, eventColumns, stateColumns } from './columns.ts';
import {
  attemptsById,
  materialOf,
  type StoredAttempt,
  type StoredVerification,
  storedColumns,
  verificationOf,
} from './read-rows.ts';
import type { Changed, LedgerRow, Reduced } from './types.ts';
import { attemptRow, eventRow, stateRow } from './write-rows.ts';

/** Always in id order: two batches that overlap wait for each other instead of deadlocking. */
const lock = {
  name: 'ledger-lock',
  text: `select ${storedColumns} from otp.verifications v join otp.requests r using (id)
    where v.id = any($1::text[]) order by v.id for no key update of v`,
};

/** A statement of its own, begun after the locks are held: it sees what the last holder wrote, and tells the time since. */
const readAttempts = {
  name: 'ledger-attempts',
  text: `select otp.now_ms() as now, coalesce((
      select json_agg(a order by a.ordinal) from otp.attempts a where a.verification_id = any($1::text[])
    ), '[]') as attempts`,
};

const attemptsFrom = 1 + widthOf(stateColumns);
const eventsFrom = attemptsFrom + widthOf(attemptColumns);
const changing = Object.keys(stateColumns).filter((name) => name !== 'id');
/** An attempt's place in the route never changes. */
const frozen = [
  'id',
  'verification_id',
  'tenant_id',
  'ordinal',
  'step',
  'try',
  'channel',
  'provider',
  'account',
];
const moving = Object.keys(attemptColumns).filter((name) => !frozen.includes(name));

const write = {
  name: 'ledger-write',
  text: `with changed as (
      update otp.verifications v set ${changing.map((name) => `${name} = r.${name}`).join(', ')},
        sealed_code = case when r.status = 'pending' then v.sealed_code end,
        updated_at = otp.now_ms()
      from ${unnest(stateColumns)} where v.id = r.id
    ), tried as (
      ${insertInto('otp.attempts', attemptColumns, attemptsFrom)}
      on conflict (id) do update set ${moving.map((name) => `${name} = excluded.${name}`).join(', ')}
    )
    ${insertInto('otp.events', eventColumns, eventsFrom)} order by n`,
};

/**
 * The corridor's transaction: locks the rows, lets `reduce` decide, and writes what it changed, in two round trips.
 * `now` is Postgres' clock once the locks are held, ms since 1970. `reduce` is called once per row found, in id order;
 * it must be pure, since a transaction that lost a deadlock is run again. Unknown ids are absent from the result.
 */
export function change(
  pool: pg.Pool,
  ids: readonly string[],
  reduce: (row: LedgerRow, now: number) => Reduced,
): Promise<Map<string, Changed>> {
  if (ids.length === 0) return Promise.resolve(new Map());
  return again(() =>
    withClient(pool, async (client) => {
      // All three travel in one packet; Postgres answers them in order.
      const [, locked, attempts] = await Promise.all([
        client.query('begin'),
        client.query<StoredVerification>({ ...lock, values: [ids] }),
        client.query<{ now: number; attempts: StoredAttempt[] }>({ ...readAttempts, values: [ids] }),
      ]);
      const { now = 0, attempts: stored = [] } = attempts.rows[0] ?? {};
      const batch = reduceAll(locked.rows, stored, now, reduce);
      if (batch.states.length === 0 && batch.events.length === 0) await client.query('commit');
      else await Promise.all([client.query({ ...write, values: valuesOf(batch) }), client.query('commit')]);
      return batch.changed;
    }),
  );
}

interface Batch {
  readonly changed: Map<string, Changed>;
  readonly states: RowOf<typeof stateColumns>[];
  readonly attempts: RowOf<typeof attemptColumns>[];
  readonly events: RowOf<typeof eventColumns>[];
}

function reduceAll(
  rows: readonly StoredVerification[],
  stored: readonly StoredAttempt[],
  now: number,
  reduce: (row: LedgerRow, now: number) => Reduced,
): Batch {
  const attempts = attemptsById(stored);
  const batch: Batch = { changed: new Map(), states: [], attempts: [], events: [] };
  for (const row of rows) {
    const before = verificationOf(row, attempts.get(row.id) ?? []);
    const material = materialOf(row);
    const { verification: after, entries } = reduce({ verification: before, material }, now);
    batch.changed.set(row.id, { before, after, material });
    if (after !== before) {
      batch.states.push(stateRow(after));
      batch.attempts.push(...changedAttempts(before, after));
    }
    for (const entry of entries) batch.events.push(eventRow(after, entry));
  }
  return batch;
}

function changedAttempts(before: Verification, after: Verification): RowOf<typeof attemptColumns>[] {
  return after.attempts.flatMap((attempt, ordinal) =>
    sameAttempt(before.attempts[ordinal], attempt) ? [] : [attemptRow(after, attempt, ordinal)],
  );
}

const sameAttempt = (one: Attempt | undefined, other: Attempt): boolean =>
  one !== undefined && (Object.keys(other) as (keyof Attempt)[]).every((key) => one[key] === other[key]);

const valuesOf = ({ states, attempts, events }: Batch): unknown[][] => [
  ...arraysOf(stateColumns, states),
  ...arraysOf(attemptColumns, attempts),
  ...arraysOf(eventColumns, events),
];
