import { chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type RetentionStore, runRetention } from './retention.ts';

const everyMs = 600_000;
/** Processes that start together do not all ask for the lock at once, and none of them before it has settled. */
const firstAfterMs = 30_000;

/** Deletes what is older than its tenants keep it, every ten minutes, for as long as the process runs. */
export function startRetention({
  store,
  clock,
  log,
}: {
  readonly store: RetentionStore;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Log;
}): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const rounds = async (): Promise<void> => {
    await clock.sleep(firstAfterMs * (1 + chance()), signal);
    while (!signal.aborted) {
      try {
        await runRetention(store, log, { actor: 'worker', signal });
      } catch (fault) {
        log.warn({ err: fault }, 'deleting old rows failed; the next round goes on');
      }
      await clock.sleep(everyMs, signal);
    }
  };
  const stopped = rounds();
  return {
    stop() {
      stopping.abort();
      return stopped;
    },
  };
}
