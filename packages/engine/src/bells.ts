import { type Bell, bellIdOf, type Producer } from '@otp-relay/queue';
import type { Store } from '@otp-relay/store';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** A bell to be taken away: where it hangs, and since when it was wanted, ms since 1970. */
export interface Unwanted extends Pick<Bell, 'attempt' | 'dueAt'> {
  readonly since: number;
}

/**
 * Hangs bells into `otp-timeouts` and takes them away again. Most receipts come within a second or two, so a bell that is
 * due later waits a second in this process before it is hung: by then many are wanted no more, and neither the hanging nor
 * the taking away was needed (ADR 0012). A process that dies meanwhile loses bells; the sweeper rings those.
 */
export interface Bells {
  arm(bells: readonly Bell[]): Promise<void>;
  disarm(bells: readonly Unwanted[]): Promise<void>;
  /** Hangs at once what still waits to be hung. */
  drain(): Promise<void>;
}

export interface BellsPorts {
  readonly producer: Pick<Producer, 'arm' | 'disarm'>;
  readonly store: { readonly ledger: Pick<Store['ledger'], 'hasDeadlines'> };
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly log: Log;
  readonly tally: { effectLost(type: string): void };
}

/** How long a bell waits to be hung. */
const holdMs = 1_000;
/** Bells due sooner are hung at once. */
const soonMs = 4_000;

export function createBells(ports: BellsPorts): Bells {
  const { producer, store, clock, log, tally } = ports;
  const held = new Map<string, { readonly bell: Bell; readonly until: number }>();
  let stopping = false;
  let round: Promise<void> | undefined;

  async function hang(bells: readonly Bell[]): Promise<void> {
    try {
      const wanted = await store.ledger.hasDeadlines(
        bells.map(({ verification, dueAt }) => ({ id: verification, at: dueAt })),
      );
      const still = bells.filter((_, index) => wanted[index]);
      if (still.length > 0) await producer.arm(still);
    } catch (fault) {
      tally.effectLost('arm');
      log.warn({ err: fault, effect: 'arm' }, 'bells could not be hung; the sweeper will make up for it');
    }
  }

  /** Everything whose second is over; one bulk call for all that came within a quarter of it. */
  async function rounds(): Promise<void> {
    while (held.size > 0) {
      if (!stopping) await clock.sleep(holdMs / 4);
      const now = stopping ? Number.POSITIVE_INFINITY : clock.now();
      const ripe: Bell[] = [];
      for (const [id, { bell, until }] of held)
        if (until <= now) {
          held.delete(id);
          ripe.push(bell);
        }
      if (ripe.length > 0) await hang(ripe);
    }
    round = undefined;
  }

  return {
    async arm(bells) {
      const now = clock.now();
      const isSoon = (bell: Bell): boolean => stopping || bell.dueAt - now < soonMs;
      for (const bell of bells) if (!isSoon(bell)) held.set(bellIdOf(bell), { bell, until: now + holdMs });
      if (held.size > 0) round ??= rounds();
      const soon = bells.filter(isSoon);
      if (soon.length > 0) await producer.arm(soon);
    },

    async disarm(bells) {
      const now = clock.now();
      // Held elsewhere, and looked at again before it is hung. Should it be hung all the same, it rings for nothing.
      const isHung = ({ dueAt, since }: Unwanted): boolean => dueAt - since < soonMs || now - since >= holdMs;
      const hung = bells.filter((bell) => !held.delete(bellIdOf(bell)) && isHung(bell));
      if (hung.length > 0) await producer.disarm(hung);
    },

    async drain() {
      stopping = true;
      await round;
    },
  };
}
