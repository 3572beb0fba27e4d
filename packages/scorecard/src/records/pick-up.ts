import { verificationIdOf } from '@otp-relay/core';
import type { Orphan } from '../faults/orphans.ts';
import type { LedgerRow } from './ledger.ts';
import type { ProviderCall } from './provider-calls.ts';

/** A dead worker's own last call is recorded this long after its death at most, ms; nobody else can be that quick. */
const dyingMs = 1_000;

/**
 * How long each orphaned job took from the kill to the next call to a provider, ms. Left out: what had been answered
 * before the kill, and what needed no other call because a receipt told that the dead worker's had arrived.
 */
export function pickUpTimes(
  orphans: readonly Orphan[],
  ledger: readonly LedgerRow[],
  calls: ReadonlyMap<string, readonly ProviderCall[]>,
): readonly number[] {
  const byId = new Map(ledger.map((row) => [row.id, row]));
  const byKey = new Map(ledger.map((row) => [row.key, row]));
  return orphans.flatMap(({ jobId, killedAt }) => {
    const sending = verificationIdOf(jobId);
    const row = sending === undefined ? byKey.get(`job-${jobId}`) : byId.get(sending);
    // A lost job is counted as lost, not as slow.
    if (!row) return [];
    const attempt = row.attempts.find((a) => a.id === jobId);
    const answeredAt = attempt?.acceptedAt ?? attempt?.endedAt ?? null;
    if (answeredAt !== null && answeredAt <= killedAt) return [];
    const made = calls.get(row.id) ?? [];
    if (sending === undefined && made.some((call) => call.at <= killedAt)) return [];
    const next = made.find((call) => call.at > killedAt + (sending === undefined ? 0 : dyingMs));
    return next ? [next.at - killedAt] : [];
  });
}

/** The value below which `share` of the values lie; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
