import { isFinal, type TimelineEntry, type Verification } from '@otp-relay/core';
import type { LedgerStore } from '@otp-relay/engine';
import { type LedgerRow, type Material, type NewVerification, StoreFault } from '@otp-relay/store';
import { brokenConstraint } from './constraints.ts';

/** One commit's mark on one row. `before` is undefined when it was inserted. */
export interface RowChange {
  readonly before: Verification | undefined;
  readonly after: Verification;
  readonly material: Material;
  readonly entries: readonly TimelineEntry[];
  readonly now: number;
}

/** A row as the ledger holds it, for whoever judges the simulation. */
export interface Kept {
  readonly verification: Verification;
  readonly material: Material;
  readonly timeline: readonly TimelineEntry[];
  readonly idempotencyKey: string | null;
  /** When it was inserted, ms since 1970. */
  readonly keptAt: number;
}

type Row = Omit<NewVerification, 'verification' | 'material'> & {
  verification: Verification;
  material: Material;
  readonly timeline: TimelineEntry[];
  readonly keptAt: number;
};
type Ledger = LedgerStore['ledger'];

/** What a machine knew when it decided: rows as they were, and its notion of the time. */
export interface Remembered {
  readonly rows: ReadonlyMap<string, Verification>;
  readonly now: number;
}

/** The ledger's contract (`store.ledger`, `store.receipts`) over a Map: every method is one transaction, done at once. */
export interface MemoryLedger {
  readonly insert: (rows: readonly NewVerification[]) => Awaited<ReturnType<Ledger['insert']>>;
  readonly change: (
    ids: readonly string[],
    reduce: Parameters<Ledger['change']>[1],
    remembered?: Remembered,
  ) => Awaited<ReturnType<Ledger['change']>>;
  readonly due: (options: { readonly limit: number; readonly graceMs: number }) => string[];
  readonly hasDeadlines: (
    deadlines: Parameters<Ledger['hasDeadlines']>[0],
  ) => Awaited<ReturnType<Ledger['hasDeadlines']>>;
  readonly locate: (tenantId: string, account: string, refs: readonly string[]) => Map<string, string>;
  /** Whether a receipt's key is seen for the first time. */
  readonly record: (key: string) => boolean;
  /** In the order of their insertion. */
  readonly rows: ReadonlyMap<string, Kept>;
}

export function createMemoryLedger(now: () => number, watch: (change: RowChange) => void): MemoryLedger {
  const rows = new Map<string, Row>();
  const receipts = new Set<string>();

  function insertOne(row: NewVerification): ReturnType<MemoryLedger['insert']>[number] {
    const { verification, idempotencyKey, liveKey, material, entries } = row;
    if (rows.has(verification.id)) return { kind: 'inserted' };
    for (const held of rows.values())
      if (idempotencyKey !== null && held.idempotencyKey === idempotencyKey && sameTenant(held, row))
        return { kind: 'duplicate', id: held.verification.id, requestHash: held.requestHash };
    for (const held of rows.values())
      if (liveKey && held.liveKey?.equals(liveKey) && sameTenant(held, row) && !isFinal(held.verification))
        return { kind: 'joined', id: held.verification.id };
    refuseBroken(verification, material.createdAt);
    const stored = { ...row, verification: frozen(verification), timeline: [...entries], keptAt: now() };
    rows.set(verification.id, stored);
    watch({ before: undefined, after: stored.verification, material, entries, now: now() });
    return { kind: 'inserted' };
  }

  return {
    rows,
    insert: (batch) => batch.map(insertOne),

    change(ids, reduce, remembered) {
      // What is remembered is written only where it still is what is; the instant is that of the decision.
      const decidedAt = ({ verification }: Row): number =>
        remembered?.rows.get(verification.id) === verification ? remembered.now : now();
      const found = ids.flatMap((id) => rows.get(id) ?? []);
      const reduced = found.map((row) => {
        const { verification, material } = row;
        const at = decidedAt(row);
        return {
          row,
          at,
          before: verification,
          reduced: reduce({ verification, material } satisfies LedgerRow, at),
        };
      });
      for (const { row, reduced: r } of reduced) refuseBroken(r.verification, row.material.createdAt);
      return new Map(
        reduced.map(({ row, at, before, reduced: { verification, entries } }) => {
          const material = row.material;
          row.timeline.push(...entries);
          if (verification !== before) {
            row.verification = frozen(verification);
            if (isFinal(verification)) row.material = { ...material, sealedCode: null };
            watch({ before, after: verification, material: row.material, entries, now: at });
          }
          return [verification.id, { before, after: verification, material }];
        }),
      );
    },

    due({ limit, graceMs }) {
      const before = now() - graceMs;
      return [...rows.values()]
        .map((row) => row.verification)
        .filter((v) => v.deadlineAt !== null && v.deadlineAt < before)
        .sort((a, b) => (a.deadlineAt ?? 0) - (b.deadlineAt ?? 0))
        .slice(0, limit)
        .map((v) => v.id);
    },

    hasDeadlines: (deadlines) => deadlines.map(({ id, at }) => rows.get(id)?.verification.bellAt === at),

    locate(tenantId, account, refs) {
      const wanted = new Set(refs);
      const attempts = [...rows.values()]
        .filter((row) => row.verification.tenantId === tenantId)
        .flatMap((row) => row.verification.attempts)
        .filter((a) => a.account === account && a.providerRef !== null && wanted.has(a.providerRef));
      return new Map(attempts.map((a) => [a.providerRef ?? '', a.id]));
    },

    record(key) {
      const first = !receipts.has(key);
      receipts.add(key);
      return first;
    },
  };
}

const sameTenant = (one: NewVerification, other: NewVerification): boolean =>
  one.verification.tenantId === other.verification.tenantId;

/** As Postgres does: the whole transaction is undone. */
function refuseBroken(verification: Verification, createdAt: number): void {
  const constraint = brokenConstraint(verification, createdAt);
  if (constraint) throw new StoreFault('OTP_STORE_REFUSED', 'check', { sqlState: '23514', constraint });
}

/** Whoever writes to a row behind the ledger's back is found out at once. */
function frozen(v: Verification): Verification {
  for (const part of [v, v.addresses, v.attempts, ...v.attempts]) Object.freeze(part);
  return v;
}
