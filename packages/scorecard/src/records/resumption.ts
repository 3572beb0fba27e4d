import type { LedgerRow } from './ledger.ts';
import type { ProviderCall } from './provider-calls.ts';
import type { TimelineRow } from './timeline.ts';

/** What went on how late because the queues were lost, ms; instants of the losses in order. */
export interface Resumed {
  /** From the loss (or the acceptance, when that came later) to the first call to a provider. */
  readonly calls: readonly number[];
  /** From the deadline (or the loss, when that came later) to the fallback, of steps of `stepMs`. */
  readonly fallbacks: readonly number[];
}

/** How long a loss may be felt by what is accepted after it, ms: the server has to come back first. */
const feltMs = 5_000;

export function resumption(
  losses: readonly number[],
  ledger: readonly LedgerRow[],
  calls: ReadonlyMap<string, readonly ProviderCall[]>,
  timeline: ReadonlyMap<string, readonly TimelineRow[]>,
  stepMs: number,
): Resumed {
  const lastLoss = (from: number, until: number): number | undefined =>
    losses.findLast((at) => at >= from && at <= until);
  const firstCalls: number[] = [];
  const fallbacks: number[] = [];
  for (const { id, createdAt } of ledger) {
    const called = calls.get(id)?.[0]?.at;
    const loss = called === undefined ? undefined : lastLoss(createdAt - feltMs, called);
    if (called !== undefined && loss !== undefined) firstCalls.push(called - Math.max(loss, createdAt));

    const lines = timeline.get(id) ?? [];
    for (const ended of lines.filter((line) => line.type === 'attempt_timed_out')) {
      const heard = lines.find(
        (line) =>
          line.attemptId === ended.attemptId &&
          (line.type === 'attempt_accepted' || line.type === 'attempt_sent'),
      );
      if (!heard || lastLoss(heard.at, ended.at) === undefined) continue;
      const dueAt = heard.at + stepMs;
      fallbacks.push(ended.at - Math.max(dueAt, lastLoss(dueAt, ended.at) ?? dueAt));
    }
  }
  return { calls: firstCalls, fallbacks };
}
