import type { Attempt, Verification } from '@otp-relay/core';
import type pg from 'pg';
import type { OutboxRow } from '../outgoing/outbox-row.ts';
import { withOutbox } from '../outgoing/with-outbox.ts';
import { query, withClient } from '../with-client.ts';
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
import type { Recent, Remembered } from './recent.ts';
import type { Changed, LedgerRow, Reduced } from './types.ts';
import { attemptRow, eventRow, stateRow } from './write-rows.ts';

/** Always in id order: two batches that overlap wait for each other instead of deadlocking. */
const lock = {
  name: 'ledger-lock',
  text: `select ${storedColumns} from otp.verifications v join otp.requests r using (tenant_id, id)
    where v.id = any($1::text[]) order by v.id for no key update of v`,
};

/** A statement of its own, begun after the locks are held: it sees what the last holder wrote, and tells the time since. */
const readAttempts = {
  name: 'ledger-attempts',
  text: `select otp.now_ms() as now, coalesce((
      select json_agg(a order by a.ordinal) from otp.attempts a where a.verification_id = any($1::text[])
    ), '[]') as attempts`,
};

/** What is written: states, attempts, lines of the timeline. */
const attemptsFrom = 1 + widthOf(stateColumns);
const eventsFrom = attemptsFrom + widthOf(attemptColumns);
const expectedFrom = eventsFrom + widthOf(eventColumns);
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

const update = `update otp.verifications v set ${changing.map((name) => `${name} = r.${name}`).join(', ')},
        sealed_code = case when r.status = 'pending' then v.sealed_code end,
        version = v.version + 1,
        updated_at = otp.now_ms()
      from ${unnest(stateColumns)} where v.id = r.id`;
const upsert = `on conflict (verification_id, step, try) do update set ${moving.map((name) => `${name} = excluded.${name}`).join(', ')}`;

/** For rows that are locked. */
const write = {
  name: 'ledger-write',
  text: `with changed as (
      ${update}
    ), tried as (
      ${insertInto('otp.attempts', attemptColumns, attemptsFrom)} ${upsert}
    )
    ${insertInto('otp.events', eventColumns, eventsFrom)} order by n`,
};

const expectedColumns = { id: 'text', version: 'integer' } as const;
const expectedRow = ({ verification, version }: Remembered): RowOf<typeof expectedColumns> => ({
  id: verification.id,
  version,
});

/** For rows that are remembered: each is written, whole, if nobody else wrote it meanwhile; locked in id order, too. */
const writeExpected = {
  name: 'ledger-write-expected',
  text: `with kept as (
      select v.id from ${unnest(expectedColumns, expectedFrom)}
      join otp.verifications v on v.id = r.id and v.version = r.version
      order by v.id for no key update of v
    ), changed as (
      ${update} and v.id in (select id from kept)
    ), tried as (
      ${insertInto('otp.attempts', attemptColumns, attemptsFrom)}
      where verification_id in (select id from kept) ${upsert}
    ), told as (
      ${insertInto('otp.events', eventColumns, eventsFrom)}
      where verification_id in (select id from kept) order by n
    )
    select id from kept`,
};

/** Rows this process wrote last; `now` is the caller's notion of Postgres' clock, ms since 1970. */
export interface Trusted {
  readonly ids: ReadonlySet<string>;
  readonly now: number;
}

/** Decides what becomes of a row; `now` in ms since 1970. */
export type Reduce = (row: LedgerRow, now: number) => Reduced;

/**
 * The corridor's transaction: lets `reduce` decide what becomes of each row, and writes it. Rows are locked and read
 * first, in two round trips, `now` being Postgres' clock once the locks are held. A row among `trusted.ids` that this
 * process remembers is decided from memory and written in one round trip, provided that nobody else wrote it meanwhile;
 * otherwise it goes the long way. `reduce` must be pure: it may be called again for a row, and the last call counts.
 * Unknown ids are absent from the result.
 */
export async function change(
  pool: pg.Pool,
  recent: Recent,
  ids: readonly string[],
  reduce: Reduce,
  trusted?: Trusted,
): Promise<Map<string, Changed>> {
  const remembered = trusted ? ids.flatMap((id) => (trusted.ids.has(id) && recent.get(id)) || []) : [];
  if (!trusted || remembered.length === 0) return changeLocked(pool, recent, ids, reduce);
  const tried = new Set(remembered.map((row) => row.verification.id));
  const rest = ids.filter((id) => !tried.has(id));
  const [changed, others] = await Promise.all([
    changeRemembered(pool, recent, remembered, reduce, trusted.now),
    changeLocked(pool, recent, rest, reduce),
  ]);
  const lost = [...tried].filter((id) => !changed.has(id));
  return new Map([...changed, ...others, ...(await changeLocked(pool, recent, lost, reduce))]);
}

async function changeRemembered(
  pool: pg.Pool,
  recent: Recent,
  rows: readonly Remembered[],
  reduce: Reduce,
  now: number,
): Promise<Map<string, Changed>> {
  const batch = reduceAll(rows, now, reduce);
  // An event that means nothing to what is remembered may mean something to what is.
  const expected = rows.filter(({ verification: { id } }) => {
    const changed = batch.changed.get(id);
    return changed !== undefined && changed.after !== changed.before;
  });
  if (expected.length === 0) return new Map();
  const kept = await again(() =>
    query<{ id: string }>(
      pool,
      withOutbox(
        writeExpected,
        [...valuesOf(batch), ...arraysOf(expectedColumns, expected.map(expectedRow))],
        batch.published,
        'kept',
      ),
    ),
  ).catch((fault) => {
    // Whether it was written is not known, so nothing is.
    for (const row of rows) recent.forget(row.verification.id);
    throw fault;
  });
  const written = new Set(kept.map((row) => row.id));
  for (const row of rows) if (!written.has(row.verification.id)) recent.forget(row.verification.id);
  remember(
    recent,
    rows.filter((row) => written.has(row.verification.id)),
    batch,
  );
  return new Map([...batch.changed].filter(([id]) => written.has(id)));
}

function changeLocked(
  pool: pg.Pool,
  recent: Recent,
  ids: readonly string[],
  reduce: Reduce,
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
      const tried = attemptsById(stored);
      const rows = locked.rows.map((row) => ({
        verification: verificationOf(row, tried.get(row.id) ?? []),
        material: materialOf(row),
        version: row.version,
      }));
      const batch = reduceAll(rows, now, reduce);
      if (batch.states.length === 0 && batch.events.length === 0) await client.query('commit');
      else
        await Promise.all([
          client.query(withOutbox(write, valuesOf(batch), batch.published)),
          client.query('commit'),
        ]);
      remember(recent, rows, batch);
      return batch.changed;
    }),
  );
}

interface Batch {
  readonly changed: Map<string, Changed>;
  readonly states: RowOf<typeof stateColumns>[];
  readonly attempts: RowOf<typeof attemptColumns>[];
  readonly events: RowOf<typeof eventColumns>[];
  readonly published: OutboxRow[];
}

function reduceAll(rows: readonly LedgerRow[], now: number, reduce: Reduce): Batch {
  const batch: Batch = { changed: new Map(), states: [], attempts: [], events: [], published: [] };
  for (const { verification: before, material } of rows) {
    const { verification: after, entries, published = [] } = reduce({ verification: before, material }, now);
    batch.changed.set(before.id, { before, after, material });
    if (after !== before) {
      batch.states.push(stateRow(after));
      batch.attempts.push(...changedAttempts(before, after));
    }
    for (const entry of entries) batch.events.push(eventRow(after, entry));
    batch.published.push(...published);
  }
  return batch;
}

function remember(recent: Recent, rows: readonly Remembered[], { changed }: Batch): void {
  for (const { verification: before, material, version } of rows) {
    const after = changed.get(before.id)?.after ?? before;
    recent.put({ verification: after, material, version: after === before ? version : version + 1 }, before);
  }
}

function changedAttempts(before: Verification, after: Verification): RowOf<typeof attemptColumns>[] {
  return after.attempts.flatMap((attempt, ordinal) =>
    sameAttempt(before.attempts[ordinal], attempt) ? [] : [attemptRow(after, attempt, ordinal)],
  );
}

const sameAttempt = (one: Attempt | undefined, other: Attempt): boolean =>
  one !== undefined && (Object.keys(other) as (keyof Attempt)[]).every((key) => one[key] === other[key]);

const valuesOf = ({ states, attempts, events }: Batch): Buffer[] => [
  ...arraysOf(stateColumns, states),
  ...arraysOf(attemptColumns, attempts),
  ...arraysOf(eventColumns, events),
];
