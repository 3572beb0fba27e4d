import type { Refusal, Store } from '@otp-relay/store';
import type { Log } from '../log.ts';

/** What limits and rules turned away, for operators: counted, not kept one by one, and written behind the answer. */
export interface Refusals {
  note(refusal: Omit<Refusal, 'count'>): void;
  /** Waits until what was noted is written, or was given up. */
  drain(): Promise<void>;
}

/** Different refusals that may wait to be written; beyond, only metrics know. */
const mostKinds = 10_000;

export function createRefusals(store: Pick<Store['refusals'], 'record'>, log: Pick<Log, 'warn'>): Refusals {
  let counts = new Map<string, Refusal>();
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    while (counts.size > 0) {
      const batch = [...counts.values()];
      counts = new Map();
      try {
        await store.record(batch);
      } catch (fault) {
        log.warn({ err: fault, kinds: batch.length }, 'refusals could not be written down');
      }
    }
    writing = undefined;
  }

  return {
    note(refusal) {
      const { tenantId, code, limit, subject } = refusal;
      const name = `${tenantId} ${code} ${limit} ${subject.toString('latin1')}`;
      const known = counts.get(name);
      if (known || counts.size < mostKinds) counts.set(name, { ...refusal, count: (known?.count ?? 0) + 1 });
      writing ??= Promise.resolve().then(write);
    },
    drain: async () => writing,
  };
}
