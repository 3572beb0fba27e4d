import { type CheckFailures, type CheckRefusal, reserveTry, type VerificationStatus } from '@otp-relay/core';
import type pg from 'pg';
import { again } from '../ledger/again.ts';
import { arraysOf, type RowOf, unnest, widthOf } from '../ledger/bulk.ts';
import { withClient } from '../with-client.ts';

/** Somebody guesses at a verification of a tenant. */
export interface CheckAsk {
  readonly tenantId: string;
  readonly id: string;
  /** A key of one mode never checks a verification of the other. */
  readonly mode: 'live' | 'test';
}

/** A try that is given out and counted: this guess, and only this one, may be compared. */
export interface GrantedCheck {
  readonly kind: 'granted';
  readonly codeMac: Buffer;
  readonly context: Readonly<Record<string, string>> | null;
  readonly recipientKey: Buffer;
  readonly purpose: string;
  /** Tries left after this one. */
  readonly left: number;
  /** Under which instant it was counted as a failure, ms since 1970. */
  readonly countedAt: number;
}

export interface RefusedCheck {
  readonly kind: 'refused';
  readonly reason: CheckRefusal;
  /** How many guesses at this verification were refused before. */
  readonly before: number;
}

/** In id order, as the corridor locks them: nobody waits for each other in a circle. */
const lock = {
  name: 'checks-lock',
  text: `select v.id, v.tenant_id, v.status, v.expires_at, v.max_checks, v.reserved_checks, v.refused_checks, r.purpose,
      r.recipient_key, r.code_mac, r.context, r.mode
    from otp.verifications v join otp.requests r using (id)
    where v.id = any($1::text[]) order by v.id for no key update of v`,
};

/** A row to lock has to exist first. */
const lockFailures = {
  name: 'checks-lock-failures',
  text: `insert into otp.check_failures as f (tenant_id, recipient_key, purpose)
    select distinct r.tenant_id, r.recipient_key, r.purpose
      from otp.verifications v join otp.requests r using (id)
      where v.id = any($1::text[]) and v.status = 'pending'
      order by 1, 2, 3
    on conflict (tenant_id, recipient_key, purpose) do update set in_row = f.in_row
    returning f.tenant_id, f.recipient_key, f.purpose, f.in_row, f.recent`,
};

const clock = { name: 'checks-clock', text: 'select otp.now_ms() as now' };

const triedColumns = { id: 'text', reserved: 'integer', refused: 'bigint' } as const;
const failedColumns = {
  tenant_id: 'text',
  recipient_key: 'bytea',
  purpose: 'text',
  in_row: 'integer',
  recent: 'text',
} as const;
const unknownColumns = { tenant_id: 'text', count: 'bigint' } as const;
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

interface Locked {
  readonly id: string;
  readonly tenant_id: string;
  readonly status: VerificationStatus;
  readonly expires_at: number;
  readonly max_checks: number;
  reserved_checks: number;
  refused_checks: number;
  readonly purpose: string;
  readonly recipient_key: Buffer;
  readonly code_mac: Buffer;
  readonly context: Readonly<Record<string, string>> | null;
  readonly mode: 'live' | 'test';
}

interface LockedFailures {
  readonly tenant_id: string;
  readonly recipient_key: Buffer;
  readonly purpose: string;
  readonly in_row: number;
  readonly recent: readonly string[];
}

/**
 * Gives out tries, matched by position, in one transaction of the same statements whatever is asked for. What it grants is
 * counted, as a try of the verification and as a failure of the recipient, when this resolves.
 */
export function reserveChecks(
  pool: pg.Pool,
  asks: readonly CheckAsk[],
): Promise<(GrantedCheck | RefusedCheck)[]> {
  const ids = [...new Set(asks.map((ask) => ask.id).filter((id) => shape.test(id)))];
  return again(() =>
    withClient(pool, async (client) => {
      const [, rows, failures, time] = await Promise.all([
        client.query('begin'),
        client.query<Locked>({ ...lock, values: [ids] }),
        client.query<LockedFailures>({ ...lockFailures, values: [ids] }),
        client.query<{ now: number }>(clock),
      ]);
      const batch = reduce(asks, rows.rows, failures.rows, time.rows[0]?.now ?? Number.POSITIVE_INFINITY);
      await Promise.all([client.query({ ...write, values: batch.values }), client.query('commit')]);
      return batch.outcomes;
    }),
  );
}

interface Reduced {
  readonly outcomes: (GrantedCheck | RefusedCheck)[];
  readonly values: unknown[][];
}

function reduce(
  asks: readonly CheckAsk[],
  locked: readonly Locked[],
  lockedFailures: readonly LockedFailures[],
  now: number,
): Reduced {
  const rows = new Map(locked.map((row) => [row.id, row]));
  const failures = new Map(
    lockedFailures.map((row): [string, CheckFailures] => [
      keyOf(row),
      { inRow: row.in_row, recent: row.recent.map(Number) },
    ]),
  );
  const tried = new Set<Locked>();
  const failed = new Map<string, Locked>();
  const unknown = new Map<string, number>();

  const outcomes = asks.map((ask): GrantedCheck | RefusedCheck => {
    const row = rows.get(ask.id);
    if (!row || row.tenant_id !== ask.tenantId || row.mode !== ask.mode) {
      unknown.set(ask.tenantId, (unknown.get(ask.tenantId) ?? 0) + 1);
      return { kind: 'refused', reason: 'unknown', before: 0 };
    }
    tried.add(row);
    const key = keyOf(row);
    const before = failures.get(key) ?? { inRow: 0, recent: [] };
    const state = {
      status: row.status,
      expiresAt: row.expires_at,
      reserved: row.reserved_checks,
      maxChecks: row.max_checks,
    };
    const decided = reserveTry(state, before, now);
    if (decided.kind === 'refused') {
      row.refused_checks += 1;
      return { kind: 'refused', reason: decided.reason, before: row.refused_checks - 1 };
    }
    row.reserved_checks += 1;
    failures.set(key, decided.failures);
    failed.set(key, row);
    return {
      kind: 'granted',
      codeMac: row.code_mac,
      context: row.context,
      recipientKey: row.recipient_key,
      purpose: row.purpose,
      left: row.max_checks - row.reserved_checks,
      countedAt: now,
    };
  });

  const failedRows = [...failed].map(([key, row]): RowOf<typeof failedColumns> => {
    const { inRow, recent } = failures.get(key) ?? { inRow: 0, recent: [] };
    return {
      tenant_id: row.tenant_id,
      recipient_key: row.recipient_key,
      purpose: row.purpose,
      in_row: inRow,
      recent: `{${recent.join(',')}}`,
    };
  });
  const triedRows = [...tried].map((row) => ({
    id: row.id,
    reserved: row.reserved_checks,
    refused: row.refused_checks,
  }));
  const unknownRows = [...unknown].map(([tenant_id, count]) => ({ tenant_id, count }));
  return {
    outcomes,
    values: [
      ...arraysOf(triedColumns, triedRows),
      ...arraysOf(failedColumns, failedRows),
      ...arraysOf(unknownColumns, unknownRows),
    ],
  };
}

const keyOf = (row: Pick<Locked, 'tenant_id' | 'recipient_key' | 'purpose'>): string =>
  `${row.tenant_id} ${row.purpose} ${row.recipient_key.toString('hex')}`;
