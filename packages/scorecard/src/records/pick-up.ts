import { verificationIdOf } from '@otp-relay/core';
import type { Orphan } from '../faults/orphans.ts';
import type { LedgerRow } from './ledger.ts';
import type { ProviderCall } from './provider-calls.ts';

/** A dead worker's own last call is recorded this long after its death at most, ms; nobody else can be that quick. */
const dyingMs = 1_000;

/** From the kill, ms. */
export interface PickUp {
  /** To the next call to a provider, whoever else died meanwhile. */
  readonly toCallMs: number;
  /** The same, or to the moment it was in the hands of another worker that was killed too, if that came first. */
  readonly toCallOrDeathMs: number;
}

/**
 * How long each orphaned job took to be picked up. Left out: what had been answered before the kill, and what needed no
 * other call because a receipt told that the dead worker's had arrived.
 */
export function pickUpTimes(
  orphans: readonly Orphan[],
  ledger: readonly LedgerRow[],
  calls: ReadonlyMap<string, readonly ProviderCall[]>,
): readonly PickUp[] {
  const byId = new Map(ledger.map((row) => [row.id, row]));
  const byKey = new Map(ledger.map((row) => [row.key, row]));
  const rowOf = ({ jobId }: Orphan): LedgerRow | undefined => {
    const id = verificationIdOf(jobId);
    return id === undefined ? byKey.get(`job-${jobId}`) : byId.get(id);
  };
  const deaths = new Map<string, number[]>();
  for (const orphan of orphans) {
    const id = rowOf(orphan)?.id ?? '';
    deaths.set(id, [...(deaths.get(id) ?? []), orphan.killedAt]);
  }
  return orphans.flatMap((orphan) => {
    const row = rowOf(orphan);
    // A lost job is counted as lost, not as slow.
    if (!row) return [];
    const { jobId, killedAt } = orphan;
    const attempt = row.attempts.find((a) => a.id === jobId);
    const answeredAt = attempt?.acceptedAt ?? attempt?.endedAt ?? null;
    if (answeredAt !== null && answeredAt <= killedAt) return [];
    const made = calls.get(row.id) ?? [];
    if (!attempt && made.some((call) => call.at <= killedAt)) return [];
    const called = made.find((call) => call.at > killedAt + (attempt ? dyingMs : 0))?.at;
    if (called === undefined) return [];
    const diedAgain = deaths.get(row.id)?.find((at) => at > killedAt && at < called);
    return [{ toCallMs: called - killedAt, toCallOrDeathMs: (diedAgain ?? called) - killedAt }];
  });
}

/** The value below which `share` of the values lie; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
