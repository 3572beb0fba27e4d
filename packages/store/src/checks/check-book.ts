import { type CheckFailures, type CheckRefusal, reserveTry, type VerificationStatus } from '@otp-relay/core';
import { arraysOf, type RowOf } from '../ledger/bulk.ts';

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
  /** Of every address the recipient has here; a failure counts for each. */
  readonly recipientKeys: readonly Buffer[];
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

export const personColumns = { tenant_id: 'text', recipient_key: 'bytea', purpose: 'text' } as const;

export const triedColumns = { id: 'text', reserved: 'integer', refused: 'bigint' } as const;
export const failedColumns = { ...personColumns, in_row: 'integer', recent: 'text' } as const;
export const unknownColumns = { tenant_id: 'text', count: 'bigint' } as const;
/** A verification as it is locked; the counts are written back. */
export interface Locked {
  readonly id: string;
  readonly tenant_id: string;
  readonly status: VerificationStatus;
  readonly expires_at: number;
  readonly max_checks: number;
  reserved_checks: number;
  refused_checks: number;
  readonly purpose: string;
  readonly sealed_recipient: Buffer;
  readonly code_mac: Buffer;
  readonly context: Readonly<Record<string, string>> | null;
  readonly mode: 'live' | 'test';
}

export interface LockedFailures extends RowOf<typeof personColumns> {
  readonly tenant_id: string;
  readonly recipient_key: Buffer;
  readonly purpose: string;
  readonly in_row: number;
  readonly recent: readonly string[];
}

export type Person = RowOf<typeof personColumns> & { readonly recipient_key: Buffer };

/** What is locked, and what becomes of it while the batch is decided. */
export interface Book {
  readonly rows: ReadonlyMap<string, Locked>;
  readonly people: ReadonlyMap<string, readonly Person[]>;
  readonly failures: Map<string, CheckFailures>;
  readonly now: number;
  readonly tried: Set<Locked>;
  readonly failed: Map<string, Person>;
  readonly unknown: Map<string, number>;
}

export const bookOf = (
  rows: readonly Locked[],
  people: Book['people'],
  failures: readonly LockedFailures[],
  now: number,
): Book => ({
  rows: new Map(rows.map((row) => [row.id, row])),
  people,
  failures: new Map(
    failures.map((row) => [keyOf(row), { inRow: row.in_row, recent: row.recent.map(Number) }]),
  ),
  now,
  tried: new Set(),
  failed: new Map(),
  unknown: new Map(),
});

const none: CheckFailures = { inRow: 0, recent: [] };

export function decide(ask: CheckAsk, book: Book): GrantedCheck | RefusedCheck {
  const { failures, now, tried, failed, unknown } = book;
  const row = book.rows.get(ask.id);
  if (!row || row.tenant_id !== ask.tenantId || row.mode !== ask.mode) {
    unknown.set(ask.tenantId, (unknown.get(ask.tenantId) ?? 0) + 1);
    return { kind: 'refused', reason: 'unknown', before: 0 };
  }
  tried.add(row);
  const people = book.people.get(row.id) ?? [];
  const state = {
    status: row.status,
    expiresAt: row.expires_at,
    reserved: row.reserved_checks,
    maxChecks: row.max_checks,
  };
  const before = people.map((person) => failures.get(keyOf(person)) ?? none);
  const decided = (before.length > 0 ? before : [none]).map((one) => reserveTry(state, one, now));
  const refused = decided.find((one) => one.kind === 'refused');
  if (refused) {
    row.refused_checks += 1;
    return { kind: 'refused', reason: refused.reason, before: row.refused_checks - 1 };
  }
  row.reserved_checks += 1;
  for (const [index, person] of people.entries()) {
    const own = decided[index];
    if (own?.kind === 'granted') failures.set(keyOf(person), own.failures);
    failed.set(keyOf(person), person);
  }
  return {
    kind: 'granted',
    codeMac: row.code_mac,
    context: row.context,
    recipientKeys: people.map((person) => person.recipient_key),
    purpose: row.purpose,
    left: row.max_checks - row.reserved_checks,
    countedAt: now,
  };
}

export const valuesOf = ({ tried, failed, failures, unknown }: Book): Buffer[] => [
  ...arraysOf(
    triedColumns,
    [...tried].map((row) => ({ id: row.id, reserved: row.reserved_checks, refused: row.refused_checks })),
  ),
  ...arraysOf(
    failedColumns,
    [...failed].map(([key, person]): RowOf<typeof failedColumns> => {
      const { inRow, recent } = failures.get(key) ?? none;
      return { ...person, in_row: inRow, recent: `{${recent.join(',')}}` };
    }),
  ),
  ...arraysOf(
    unknownColumns,
    [...unknown].map(([tenant_id, count]) => ({ tenant_id, count })),
  ),
];

const keyOf = (row: Person): string => `${row.tenant_id} ${row.purpose} ${row.recipient_key.toString('hex')}`;
