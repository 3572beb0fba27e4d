import type pg from 'pg';
import { again } from '../ledger/again.ts';
import { arraysOf, unnest, widthOf } from '../ledger/bulk.ts';
import { withClient } from '../with-client.ts';
import {
  bookOf,
  type CheckAsk,
  decide,
  failedColumns,
  type GrantedCheck,
  type Locked,
  type LockedFailures,
  type Person,
  personColumns,
  type RefusedCheck,
  triedColumns,
  unknownColumns,
  valuesOf,
} from './check-book.ts';

/** Names the addresses of a recipient, whose seal only the caller can open. */
export type RecipientKeysOf = (row: {
  readonly id: string;
  readonly tenantId: string;
  readonly sealedRecipient: Buffer;
}) => readonly Buffer[];

/**
 * In id order, as the corridor locks them: nobody waits for each other in a circle. An id of another tenant's is not there: whoever
 * guesses at it neither holds its row up nor leaves a mark in that tenant's counters.
 */
const lock = {
  name: 'checks-lock',
  text: `select v.id, v.tenant_id, v.status, v.expires_at, v.max_checks, v.reserved_checks, v.refused_checks, r.purpose,
      r.sealed_recipient, r.code_mac, r.context, r.mode
    from otp.verifications v join otp.requests r using (tenant_id, id)
    where v.id = any($1::text[]) and exists (
      select from unnest($1::text[], $2::text[]) as asked (id, tenant_id)
      where asked.id = v.id and asked.tenant_id = v.tenant_id)
    order by v.id for no key update of v`,
};

/** A row to lock has to exist first. */
const lockFailures = {
  name: 'checks-lock-failures',
  text: `insert into otp.check_failures as f (tenant_id, recipient_key, purpose)
    select distinct tenant_id, recipient_key, purpose from ${unnest(personColumns)} order by 1, 2, 3
    on conflict (tenant_id, recipient_key, purpose) do update set in_row = f.in_row
    returning f.tenant_id, f.recipient_key, f.purpose, f.in_row, f.recent`,
};

const clock = { name: 'checks-clock', text: 'select otp.now_ms() as now' };

const failedFrom = 1 + widthOf(triedColumns);
const unknownFrom = failedFrom + widthOf(failedColumns);

const write = {
  name: 'checks-write',
  text: `with tried as (
      update otp.verifications v set reserved_checks = r.reserved, refused_checks = r.refused
      from ${unnest(triedColumns)} where v.id = r.id
    ), failed as (
      update otp.check_failures f set in_row = r.in_row, recent = r.recent::bigint[], updated_at = otp.now_ms()
      from ${unnest(failedColumns, failedFrom)}
      where f.tenant_id = r.tenant_id and f.recipient_key = r.recipient_key and f.purpose = r.purpose
    )
    insert into otp.unknown_checks as u (tenant_id, count, last_at)
      select tenant_id, count, otp.now_ms() from ${unnest(unknownColumns, unknownFrom)} order by tenant_id
    on conflict (tenant_id) do update set count = u.count + excluded.count, last_at = excluded.last_at`,
};

/** An id that has not this shape belongs to nothing, and may hold what Postgres takes for no text at all. */
const shape = /^vrf_[0-9a-z]{26}$/;

/**
 * Gives out tries, matched by position, in one transaction of the same statements whatever is asked for. What it grants is
 * counted, as a try of the verification and as a failure of every address of the recipient, when this resolves.
 */
export function reserveChecks(
  pool: pg.Pool,
  asks: readonly CheckAsk[],
  recipientKeysOf: RecipientKeysOf,
): Promise<(GrantedCheck | RefusedCheck)[]> {
  const known = asks.filter((ask) => shape.test(ask.id));
  const asked = [known.map((ask) => ask.id), known.map((ask) => ask.tenantId)];
  return again(() =>
    withClient(pool, async (client) => {
      const [, { rows }] = await Promise.all([
        client.query('begin'),
        client.query<Locked>({ ...lock, values: asked }),
      ]);
      const people = new Map(rows.map((row) => [row.id, peopleOf(row, recipientKeysOf)]));
      const [failures, time] = await Promise.all([
        client.query<LockedFailures>({
          ...lockFailures,
          values: arraysOf(personColumns, [...people.values()].flat()),
        }),
        client.query<{ now: number }>(clock),
      ]);
      const book = bookOf(rows, people, failures.rows, time.rows[0]?.now ?? Number.POSITIVE_INFINITY);
      const outcomes = asks.map((ask) => decide(ask, book));
      await Promise.all([client.query({ ...write, values: valuesOf(book) }), client.query('commit')]);
      return outcomes;
    }),
  );
}

/** What is over needs nobody's failures, and its addresses may be gone. */
const peopleOf = (row: Locked, recipientKeysOf: RecipientKeysOf): readonly Person[] =>
  row.status === 'pending'
    ? recipientKeysOf({ id: row.id, tenantId: row.tenant_id, sealedRecipient: row.sealed_recipient }).map(
        (key) => ({ tenant_id: row.tenant_id, recipient_key: key, purpose: row.purpose }),
      )
    : [];
