import { setTimeout as delay } from 'node:timers/promises';

/** Time as this process has it; a simulation brings its own. */
export interface Local {
  /** ms since 1970. */
  now(): number;
  /** Resolves after `ms`, or as soon as `until` aborts; never rejects. */
  sleep(ms: number, until?: AbortSignal): Promise<void>;
}

/** Monotonic: somebody setting the machine's clock does not move it. */
const ownTime: Local = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  sleep: (ms, until) => delay(ms, undefined, until && { signal: until }).catch(() => undefined),
};

/**
 * Postgres' clock, as seen from this process: it decides every deadline and expiry, so that a wrong local clock
 * neither lengthens nor shortens a code's life.
 */
export interface Clock extends Local {
  /** ms since 1970, Postgres' time. */
  now(): number;
  /** How long until an instant of Postgres' clock, ms; never negative. */
  until(at: number): number;
  /** Asks Postgres once; a slow answer is a poor sample and is only believed when nothing better is known. */
  sync(askPostgres: () => Promise<number>): Promise<void>;
}

/** A sample this much slower than the best one is ignored until the best has aged. */
const slack = 2;
const agingFactor = 1.1;

export function createClock(local: Local = ownTime): Clock {
  let offsetMs = 0;
  let bestRoundTripMs = Number.POSITIVE_INFINITY;
  const now = () => local.now() + offsetMs;
  return {
    now,
    sleep: local.sleep,
    until: (at) => Math.max(0, at - now()),
    async sync(askPostgres) {
      const askedAt = local.now();
      const postgresAt = await askPostgres();
      const roundTripMs = Math.max(1, local.now() - askedAt);
      if (roundTripMs > bestRoundTripMs * slack) {
        bestRoundTripMs *= agingFactor;
        return;
      }
      bestRoundTripMs = Math.min(bestRoundTripMs, roundTripMs);
      offsetMs = Math.round(postgresAt - (askedAt + roundTripMs / 2));
    },
  };
}
