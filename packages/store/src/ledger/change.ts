import type { Attempt } from '@otp-relay/core';
import type pg from 'pg';
import type { OutboxRow } from '../outgoing/outbox-row.ts';
import { withOutbox } from '../outgoing/with-outbox.ts';
import { query, withClient } from '../with-client.ts';
import { again } from './again.ts';
import { insertInto, type RowOf, type RowType, recordsOf, rowsFrom } from './bulk.ts';
import { attemptKey, changedAttempt, changedState, newAttempt, newEvent } from './columns.ts';
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
import { attemptRow, eventRow, movedRow, stateRow } from './write-rows.ts';

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

const set = ({ columns }: RowType, keys: readonly string[]): string =>
  Object.keys(columns)
    .flatMap((name) => (keys.includes(name) ? [] : `${name} = r.${name}`))
    .join(', ');

/**
 * Each row is written, whole, if nobody else wrote it since it was read. They come in id order and are found one after the
 * other, so they are locked in id order.
 */
const parts = `with kept as (
      update otp.verifications v
      set ${set(changedState, ['id', 'version'])},
        sealed_code = case when r.status = 'pending' then v.sealed_code end,
        version = v.version + 1,
        updated_at = (select otp.now_ms())
      from ${rowsFrom(changedState)} where v.id = r.id and v.version = r.version
      returning v.id
    ), moved as (
      update otp.attempts a set ${set(changedAttempt, attemptKey)}
      from ${rowsFrom(changedAttempt, 2)}
      where ${attemptKey.map((name) => `a.${name} = r.${name}`).join(' and ')}
        and a.verification_id in (select id from kept)
    ), told as (
      ${insertInto('otp.events', newEvent, 3)}
      where verification_id in (select id from kept) order by n
    )`;
const write = { name: 'ledger-write', text: `${parts} select id from kept` };

/** Most changes bring no new attempt, and a part that finds nothing to do costs as much as one that does. */
const writeTried = {
  name: 'ledger-write-tried',
  text: `${parts}, tried as (
      ${insertInto('otp.attempts', newAttempt, 4)}
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
  const remembered = trusted
    ? [...ids].sort().flatMap((id) => (trusted.ids.has(id) && recent.get(id)) || [])
    : [];
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
  if (batch.states.length === 0) return new Map();
  const kept = await again(() => query<{ id: string }>(pool, writing(batch))).catch((fault) => {
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
      else await Promise.all([client.query(writing(batch)), client.query('commit')]);
      remember(recent, rows, batch);
      return batch.changed;
    }),
  );
}

interface Batch {
  readonly changed: Map<string, Changed>;
  readonly states: RowOf<typeof changedState>[];
  readonly moved: RowOf<typeof changedAttempt>[];
  readonly tried: RowOf<typeof newAttempt>[];
  readonly events: RowOf<typeof newEvent>[];
  readonly published: OutboxRow[];
}

function reduceAll(rows: readonly Remembered[], now: number, reduce: Reduce): Batch {
  const batch: Batch = { changed: new Map(), states: [], moved: [], tried: [], events: [], published: [] };
  for (const { verification: before, material, version } of rows) {
    const { verification: after, entries, published = [] } = reduce({ verification: before, material }, now);
    batch.changed.set(before.id, { before, after, material });
    if (after !== before) {
      batch.states.push({ version, ...stateRow(after) });
      for (const [ordinal, attempt] of after.attempts.entries()) {
        const known = before.attempts[ordinal];
        if (!known) batch.tried.push(attemptRow(after, attempt, ordinal));
        else if (hasMoved(known, attempt)) batch.moved.push(movedRow(after, attempt));
      }
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

const hasMoved = (one: Attempt, other: Attempt): boolean =>
  (Object.keys(other) as (keyof Attempt)[]).some((key) => one[key] !== other[key]);

/** States with the version they were read at, attempts that moved, lines of the timeline, new attempts. */
function writing({ states, moved, tried, events, published }: Batch) {
  const values = [
    recordsOf(changedState, states),
    recordsOf(changedAttempt, moved),
    recordsOf(newEvent, events),
  ];
  return tried.length === 0
    ? withOutbox(write, values, published, 'kept')
    : withOutbox(writeTried, [...values, recordsOf(newAttempt, tried)], published, 'kept');
}
