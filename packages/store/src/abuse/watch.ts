import { noTraffic, type Traffic } from '@otp-relay/core';
import type pg from 'pg';
import { firstIdAt } from '../first-id-at.ts';
import { again } from '../ledger/again.ts';
import { arraysOf, unnest } from '../ledger/bulk.ts';
import { query } from '../with-client.ts';

/** Codes asked for, as one key sees them: one row per key, slot and tenant. */
export interface Sighting {
  readonly tenantId: string;
  readonly key: Buffer;
  /** When its slot of time began, ms since 1970. */
  readonly slot: number;
  readonly count: number;
  /** The numbers' last four digits, where numbers are told apart. */
  readonly lines: readonly number[];
}

/** A question: what was seen under a key since an instant; slots up to `settledSlot` had their time. */
export interface Look {
  readonly tenantId: string;
  readonly key: Buffer;
  readonly since: number;
  readonly settledSlot: number;
}

/** What was seen before the sightings of the same call. */
export interface Looked {
  readonly own: Traffic;
  /** Of all tenants together. */
  readonly all: Traffic;
  readonly tenants: number;
  /** Last four digits of the tenant's numbers, and of those of them that used their code. */
  readonly lines: readonly number[];
  readonly usedLines: readonly number[];
}

/** A question: how many verifications of one person were made lately and not approved. */
export interface PersonLook {
  readonly tenantId: string;
  readonly recipientKey: Buffer;
  /** Made at or after this instant, ms since 1970. */
  readonly since: number;
  /** The running one that would be joined is none of them. */
  readonly liveKey: Buffer | null;
}

export const sawNothing: Looked = { own: noTraffic, all: noTraffic, tenants: 0, lines: [], usedLines: [] };

/** A rule that spoke before and still stands. */
export interface Standing {
  readonly tenantId: string;
  readonly key: Buffer;
  readonly rule: string;
}

export interface Watched {
  /** By position of the looks. */
  readonly looked: readonly Looked[];
  readonly standing: readonly Standing[];
  /** By position of the people. */
  readonly unapproved: readonly number[];
}

const sightingColumns = {
  key: 'bytea',
  slot: 'bigint',
  tenant_id: 'text',
  sends: 'integer',
  lines: 'text',
} as const;
const lookColumns = { key: 'bytea', tenant_id: 'text', since: 'bigint', settled: 'bigint' } as const;
const personColumns = {
  tenant_id: 'text',
  recipient_key: 'bytea',
  since: 'text',
  live_key: 'bytea',
} as const;
const heldColumns = { tenant_id: 'text', key: 'bytea' } as const;

/** More than this is as many. */
const maxUnapproved = 100;
/** A slot under attack: more numbers than this tell nothing new. */
const maxLines = 16;

/** Everything in one statement: what is noted by it is not seen by it. Always in key order: batches wait instead of deadlocking. */
const statement = {
  name: 'abuse-watch',
  text: `with noted as (
      insert into otp.abuse_traffic as t (key, slot, tenant_id, sends, converted, lines, used_lines)
      select r.key, r.slot, r.tenant_id, r.sends, 0, r.lines::smallint[], '{}'
      from ${unnest(sightingColumns)} order by r.key, r.slot, r.tenant_id
      on conflict (key, slot, tenant_id) do update set sends = t.sends + excluded.sends,
        lines = case when cardinality(t.lines) < ${maxLines} then t.lines || excluded.lines else t.lines end
    )
    select
      coalesce((
        select json_agg(json_build_array(s.own, s.own_used, s.own_settled, s.own_settled_used, s.sends, s.used, s.settled,
          s.settled_used, s.tenants, s.lines, s.used_lines) order by r.n)
        from ${unnest(lookColumns, 6)} left join lateral (
          select
            sum(t.sends) filter (where t.tenant_id = r.tenant_id) as own,
            sum(t.converted) filter (where t.tenant_id = r.tenant_id) as own_used,
            sum(t.sends) filter (where t.tenant_id = r.tenant_id and t.slot <= r.settled) as own_settled,
            sum(t.converted) filter (where t.tenant_id = r.tenant_id and t.slot <= r.settled) as own_settled_used,
            sum(t.sends) as sends, sum(t.converted) as used,
            sum(t.sends) filter (where t.slot <= r.settled) as settled,
            sum(t.converted) filter (where t.slot <= r.settled) as settled_used,
            count(distinct t.tenant_id) as tenants,
            string_agg(array_to_string(t.lines, ','), ',')
              filter (where t.tenant_id = r.tenant_id and t.lines <> '{}') as lines,
            string_agg(array_to_string(t.used_lines, ','), ',')
              filter (where t.tenant_id = r.tenant_id and t.used_lines <> '{}') as used_lines
          from otp.abuse_traffic t where t.key = r.key and t.slot >= r.since
        ) s on true
      ), '[]') as looked,
      coalesce((
        select json_agg(json_build_array(b.tenant_id, encode(b.key, 'hex'), b.rule))
        from ${unnest(heldColumns, 10)} cross join lateral (
          -- By its key, however many others stand: offset 0 keeps the planner from another way.
          select * from otp.abuse_blocks k where k.tenant_id = r.tenant_id and k.key = r.key offset 0
        ) b
        where b.until > $12 and b.lifted_at is null
      ), '[]') as standing,
      coalesce((
        select json_agg(p.unapproved order by r.n)
        from ${unnest(personColumns, 13)} cross join lateral (
          select count(*) as unapproved from (
            select q.id from otp.requests q join otp.verifications v on v.tenant_id = q.tenant_id and v.id = q.id
            where q.tenant_id = r.tenant_id and q.recipient_key = r.recipient_key and q.id >= r.since
              and q.mode = 'live' and v.status <> 'approved'
              and (v.status <> 'pending' or v.live_key is distinct from r.live_key)
              and not exists (select from otp.feedback f where f.verification_id = q.id and f.converted)
            limit ${maxUnapproved}
          ) made
        ) p
      ), '[]') as unapproved`,
};

type Numbers = readonly [...(readonly (number | null)[])];
type StoredLook = readonly [...Numbers, string | null, string | null];

/** Notes codes asked for and says what was seen before, in one statement. `now` in ms since 1970. */
export async function watch(
  pool: pg.Pool,
  sightings: readonly Sighting[],
  looks: readonly Look[],
  held: readonly { readonly tenantId: string; readonly key: Buffer }[],
  now: number,
  people: readonly PersonLook[] = [],
): Promise<Watched> {
  const rows = await again(() =>
    query<{ looked: StoredLook[]; standing: [string, string, string][]; unapproved: number[] }>(pool, {
      ...statement,
      values: [
        ...arraysOf(
          sightingColumns,
          sightings.map(({ key, slot, tenantId, count, lines }) => ({
            key,
            slot,
            tenant_id: tenantId,
            sends: count,
            lines: `{${lines.slice(0, maxLines).join(',')}}`,
          })),
        ),
        ...arraysOf(
          lookColumns,
          looks.map(({ key, tenantId, since, settledSlot }) => ({
            key,
            tenant_id: tenantId,
            since,
            settled: settledSlot,
          })),
        ),
        ...arraysOf(
          heldColumns,
          held.map(({ tenantId, key }) => ({ tenant_id: tenantId, key })),
        ),
        now,
        ...arraysOf(
          personColumns,
          people.map(({ tenantId, recipientKey, since, liveKey }) => ({
            tenant_id: tenantId,
            recipient_key: recipientKey,
            since: firstIdAt(since),
            live_key: liveKey,
          })),
        ),
      ],
    }),
  );
  const [row] = rows;
  return {
    looked: (row?.looked ?? []).map(lookedOf),
    standing: (row?.standing ?? []).map(([tenantId, key, rule]) => ({
      tenantId,
      key: Buffer.from(key, 'hex'),
      rule,
    })),
    unapproved: row?.unapproved ?? [],
  };
}

function lookedOf(stored: StoredLook): Looked {
  const at = (index: number): number => Number(stored[index] ?? 0);
  const traffic = (from: number): Traffic => ({
    sends: at(from),
    converted: at(from + 1),
    settledSends: at(from + 2),
    settledConverted: at(from + 3),
  });
  return {
    own: traffic(0),
    all: traffic(4),
    tenants: at(8),
    lines: numbersIn(stored[9]),
    usedLines: numbersIn(stored[10]),
  };
}

const numbersIn = (text: string | number | null | undefined): readonly number[] =>
  typeof text === 'string' && text !== '' ? text.split(',').map(Number) : [];
