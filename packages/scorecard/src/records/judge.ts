import { verificationIdOf } from '@otp-relay/core';
import type { Told } from '../load/drive.ts';
import type { LedgerRow } from './ledger.ts';
import type { ProviderCall } from './provider-calls.ts';

/** What the three records say together. */
export interface Judgement {
  /** What was promised to a client and neither reached a provider in time nor failed openly; each with the reason. */
  readonly lost: readonly string[];
  /** Verifications of which one channel got more than one message. */
  readonly doubled: readonly string[];
  /** How many failed openly without one call to a provider: not lost, but nothing to be proud of. */
  readonly untried: number;
  /** Verifications in the ledger for the promises made: more than promises are made-up ones. */
  readonly found: number;
}

const inFlight = new Set(['queued', 'sending', 'awaiting']);

/** Joins what clients were told, what the ledger says and what the provider received. */
export function judge(
  told: readonly Told[],
  ledger: readonly LedgerRow[],
  calls: readonly ProviderCall[],
): Judgement {
  const byId = new Map(ledger.map((row) => [row.id, row]));
  const byKey = new Map(ledger.map((row) => [row.key, row]));
  const received = byVerification(calls);
  const lost: string[] = [];
  const found = new Set<string>();
  let untried = 0;
  for (const promise of told) {
    const name = 'id' in promise ? promise.id : `job ${promise.jobId}`;
    const row = 'id' in promise ? byId.get(promise.id) : byKey.get(`job-${promise.jobId}`);
    if (row) found.add(row.id);
    const reason = row ? whyLost(row, received.get(row.id) ?? []) : 'not in the ledger';
    if (reason) lost.push(`${name}: ${reason}`);
    else if (row && !received.has(row.id)) untried += 1;
  }
  return { lost, doubled: doubledOf(received), untried, found: found.size };
}

/** Calls by verification, in the order they came. */
export function byVerification(calls: readonly ProviderCall[]): Map<string, ProviderCall[]> {
  const grouped = new Map<string, ProviderCall[]>();
  for (const call of calls) {
    const id = verificationIdOf(call.attemptId);
    if (id === undefined) continue;
    const group = grouped.get(id);
    if (group) group.push(call);
    else grouped.set(id, [call]);
  }
  return grouped;
}

function whyLost(row: LedgerRow, calls: readonly ProviderCall[]): string | undefined {
  if (calls.some((call) => call.created && call.at <= row.expiresAt)) return undefined;
  const failedOpenly =
    row.delivery === 'exhausted' || (row.delivery === 'stopped' && row.status === 'pending');
  if (failedOpenly) return undefined;
  if (inFlight.has(row.delivery)) return `still ${row.delivery}`;
  return `${row.status} ${row.delivery}, and no provider has it`;
}

function doubledOf(received: ReadonlyMap<string, readonly ProviderCall[]>): readonly string[] {
  return [...received].flatMap(([id, calls]) => {
    const created = calls.filter((call) => call.created).map((call) => call.channel);
    return created.length > new Set(created).size ? [id] : [];
  });
}
