import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Evidence } from './create-evidence.ts';

export interface Sealer {
  stop(): Promise<void>;
}

const everyMs = 5_000;

/**
 * Seals every signature soon after it was approved: a chain tells all of them, asked for or not. Any number of processes
 * may run one; a place in a chain is taken once.
 */
export function startSealer(
  evidence: Pick<Evidence, 'sealOutstanding'>,
  { clock, log }: { readonly clock: Pick<Clock, 'sleep'>; readonly log: Log },
): Sealer {
  const stopping = new AbortController();
  const rounds = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await evidence
        .sealOutstanding()
        .catch((err: unknown) => log.warn({ err }, 'sealing signatures failed; the next round tries again'));
      await clock.sleep(everyMs, stopping.signal);
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
