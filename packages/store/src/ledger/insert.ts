import type pg from 'pg';
import { admit } from '../buckets/admit.ts';
import type { Reserved } from '../buckets/take.ts';
import { withOutbox } from '../outgoing/with-outbox.ts';
import { StoreFault } from '../store-fault.ts';
import { withClient } from '../with-client.ts';
import { again } from './again.ts';
import { arraysOf, insertInto, recordsOf, unnest } from './bulk.ts';
import { newAttempt, newEvent, newRequest, newVerification } from './columns.ts';
import type { Recent } from './recent.ts';
import type { InsertOutcome, NewVerification } from './types.ts';
import { attemptRow, eventRow, requestRow, verificationRow } from './write-rows.ts';

/** One statement is one transaction: a verification appears with its request, attempts and timeline, or not at all. */
const write = {
  name: 'ledger-insert',
  text: `with fresh as (
      ${insertInto('otp.verifications', newVerification)} order by n
      on conflict do nothing returning id
    ), asked as (
      ${insertInto('otp.requests', newRequest, 2)}
      where id in (select id from fresh) order by n
    ), tried as (
      ${insertInto('otp.attempts', newAttempt, 3)}
      where verification_id in (select id from fresh) order by n
    ), told as (
      ${insertInto('otp.events', newEvent, 4)}
      where verification_id in (select id from fresh) order by n
    )
    select id from fresh`,
};

const keyColumns = { id: 'text', tenant_id: 'text', idempotency_key: 'text', live_key: 'bytea' } as const;
const keys = unnest(keyColumns);

/** Who was there first, by the number of the row. The same id is our own row, whose commit we were not told of. */
const lookUp = {
  name: 'ledger-look-up',
  text: `select r.n, 'inserted' as kind, v.id, null::bytea as request_hash
      from ${keys} join otp.verifications v on v.id = r.id
    union all
    select r.n, 'duplicate', v.id, q.request_hash
      from ${keys} join otp.verifications v on v.tenant_id = r.tenant_id and v.idempotency_key = r.idempotency_key
      join otp.requests q on q.tenant_id = v.tenant_id and q.id = v.id
    union all
    select r.n, 'joined', v.id, null
      from ${keys} join otp.verifications v
      on v.tenant_id = r.tenant_id and v.live_key = r.live_key and v.status = 'pending'`,
};

const rank = { inserted: 0, duplicate: 1, joined: 2 } as const;
const rounds = 10;

/**
 * Inserts verifications; outcomes are matched by position. A row whose idempotency key is taken, or whose recipient has a
 * live verification for the same purpose, is not written and says which one holds the place; the others are. Within one
 * call the earlier row wins. A row that limits turn away is not written either, and joins what is there if it can.
 */
export async function insert(
  pool: pg.Pool,
  recent: Recent,
  rows: readonly NewVerification[],
): Promise<InsertOutcome[]> {
  const outcomes: (InsertOutcome | undefined)[] = rows.map(() => undefined);
  let left = [...rows.keys()];
  // More than one round only when the live verification a row would have joined ends at this very moment.
  for (let round = 0; left.length > 0 && round < rounds; round += 1) {
    const batch = left.flatMap((index) => rows[index] ?? []);
    const found = await again(() => insertOnce(pool, recent, batch));
    found.forEach((outcome, position) => {
      const index = left[position];
      if (index !== undefined) outcomes[index] = outcome;
    });
    left = left.filter((index) => outcomes[index] === undefined);
  }
  return outcomes.map((outcome) => {
    if (outcome) return outcome;
    throw new StoreFault('OTP_STORE_AWAY', 'A row kept conflicting with others that ended meanwhile.');
  });
}

function insertOnce(
  pool: pg.Pool,
  recent: Recent,
  rows: readonly NewVerification[],
): Promise<(InsertOutcome | undefined)[]> {
  return withClient(pool, async (client) => {
    const at = Math.max(...rows.map((row) => row.material.createdAt));
    const { written, refused, giveBack } = await admit(client, rows, tenantOf, at, (passed) =>
      client.query<{ id: string }>(withOutbox(write, valuesOf(passed), publishedOf(passed), 'fresh')),
    );
    const fresh = new Set(written.rows.map((row) => row.id));
    const outcomes = rows.map((row): InsertOutcome | undefined => {
      if (!fresh.delete(row.verification.id)) return undefined;
      recent.put({ verification: row.verification, material: row.material, version: 1 });
      return { kind: 'inserted' };
    });
    if (written.rows.length < rows.length) {
      await giveBack(rows.filter((_, index) => outcomes[index] === undefined));
      await explain(client, rows, outcomes);
    }
    return rows.map((row, index) => outcomes[index] ?? limitedOf(refused.get(row)));
  });
}

const publishedOf = (rows: readonly NewVerification[]) => rows.flatMap((row) => row.published ?? []);

/** Who holds the place of each row, by position, without writing any; undefined where nobody does. */
export const join = (
  pool: pg.Pool,
  rows: readonly NewVerification[],
): Promise<readonly (InsertOutcome | undefined)[]> =>
  withClient(pool, async (client) => {
    const outcomes: (InsertOutcome | undefined)[] = rows.map(() => undefined);
    await explain(client, rows, outcomes);
    return outcomes;
  });

const tenantOf = (row: NewVerification): string => row.verification.tenantId;

const limitedOf = (refused: Extract<Reserved, { ok: false }> | undefined): InsertOutcome | undefined =>
  refused && { ...refused, kind: 'limited' };

async function explain(
  client: pg.PoolClient,
  rows: readonly NewVerification[],
  outcomes: (InsertOutcome | undefined)[],
): Promise<void> {
  const missing = [...rows.entries()].filter(([index]) => outcomes[index] === undefined);
  type Holder = { n: number; kind: keyof typeof rank; id: string; request_hash: Buffer };
  const { rows: holders } = await client.query<Holder>({
    ...lookUp,
    values: arraysOf(
      keyColumns,
      missing.map(([, row]) => verificationRow(row)),
    ),
  });
  holders.sort((one, other) => rank[one.kind] - rank[other.kind]);
  for (const { n, kind, id, request_hash: requestHash } of holders) {
    const [index] = missing[n - 1] ?? [];
    if (index === undefined) continue;
    outcomes[index] ??=
      kind === 'inserted' ? { kind } : kind === 'joined' ? { kind, id } : { kind, id, requestHash };
  }
}

const valuesOf = (rows: readonly NewVerification[]): Buffer[] => [
  recordsOf(newVerification, rows.map(verificationRow)),
  recordsOf(newRequest, rows.map(requestRow)),
  recordsOf(
    newAttempt,
    rows.flatMap(({ verification }) =>
      verification.attempts.map((a, ordinal) => attemptRow(verification, a, ordinal)),
    ),
  ),
  recordsOf(
    newEvent,
    rows.flatMap(({ verification, entries }) => entries.map((entry) => eventRow(verification, entry))),
  ),
];
