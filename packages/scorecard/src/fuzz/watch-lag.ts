import { setTimeout as delay } from 'node:timers/promises';

/** Watches how long a process keeps its event loop from turning. */
export interface LagWatch {
  /** Stops; resolves to the longest lag, and the highest 99th percentile of a second, ms. */
  stop(): Promise<{ readonly longestMs: number; readonly p99Ms: number }>;
}

const everyMs = 1_000;

/** Reads `nodejs_eventloop_lag_*` from a process's /metrics every second; each reading begins anew. */
export function watchLag(url: string): LagWatch {
  const stopping = new AbortController();
  let longestMs = 0;
  let p99Ms = 0;
  const read = async (): Promise<void> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const told = (name: string): number =>
      Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN) *
      1_000;
    // A process that tells nothing makes these NaN, which passes no limit.
    longestMs = Math.max(longestMs, told('max'));
    p99Ms = Math.max(p99Ms, told('p99'));
  };
  const rounds = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      await read();
    }
  };
  const watching = read()
    // The first second is the start of the process.
    .then(() => {
      longestMs = 0;
      p99Ms = 0;
    })
    .then(rounds);
  // Told by `stop`, to whoever waits for it.
  watching.catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await watching;
      return { longestMs: Math.round(longestMs), p99Ms: Math.round(p99Ms) };
    },
  };
}
