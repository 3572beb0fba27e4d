import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventBell } from '@otp-relay/queue';
import { type CourierPorts, takeTurn } from './courier.ts';

/** Delivers what is in the outbox. One per worker process. */
export interface Courier {
  /** Something may be due at a webhook. Returns at once: what a slow receiver holds up is no queue's job. */
  ring(bell: EventBell): void;
  /** Begins no further turn, gives the calls in hand `graceMs`, then abandons them: they are tried again by whoever is next. */
  stop(options: { readonly graceMs: number }): Promise<void>;
}

/** Turns under way at the same time: each at another webhook, so that one that hangs holds up none of the others. */
const mostTurns = 200;
const sweepEveryMs = 1_000;
/** The bell in the queue gets this long before the sweep takes over. */
const graceMs = 500;
/** Events are kept this long once they are over. */
const keepMs = 7 * 24 * 3_600_000;
const forgetEverySweeps = 600;

/**
 * Webhooks are served in turn, a handful of events each: whoever has much to be told waits behind no more than one turn of
 * each other. Postgres says what is due; a bell only says that it is now. A sweep finds what no bell told of, retries
 * among it.
 */
export function startCourier(ports: CourierPorts): Courier {
  const stopping = new AbortController();
  const abandoning = new AbortController();
  // One for each call in hand.
  setMaxListeners(0, abandoning.signal);
  const line = new Map<string, EventBell>();
  const running = new Map<string, Promise<void>>();
  const rungMeanwhile = new Set<string>();

  function ring(bell: EventBell): void {
    const name = `${bell.tenant}/${bell.webhook}`;
    if (running.has(name)) rungMeanwhile.add(name);
    else line.set(name, bell);
    pump();
  }

  function pump(): void {
    for (const [name, bell] of line) {
      if (running.size >= mostTurns || stopping.signal.aborted) return;
      line.delete(name);
      running.set(name, run(name, bell));
    }
  }

  async function run(name: string, bell: EventBell): Promise<void> {
    const turn = await takeTurn(bell, ports, abandoning.signal).catch((err: unknown) => {
      ports.log.warn({ err, ...bell }, 'events could not be delivered; they are found again');
      return 'rests' as const;
    });
    running.delete(name);
    const isRung = rungMeanwhile.delete(name);
    if (turn === 'more' || isRung) line.set(name, bell);
    pump();
  }

  async function sweep(round: number): Promise<void> {
    for (const bell of await ports.store.outbox.waiting(graceMs)) ring(bell);
    if (round % forgetEverySweeps === 0) await ports.store.outbox.forget(ports.clock.now() - keepMs);
  }

  async function sweeps(): Promise<void> {
    for (let round = 0; !stopping.signal.aborted; round += 1) {
      await sweep(round).catch((err: unknown) =>
        ports.log.warn({ err }, 'due events could not be looked for; the next round tries again'),
      );
      await delay(sweepEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
  const swept = sweeps();

  return {
    ring,
    async stop({ graceMs: patienceMs }) {
      stopping.abort();
      await swept;
      const abandon = setTimeout(() => abandoning.abort(), patienceMs);
      await Promise.all(running.values());
      clearTimeout(abandon);
    },
  };
}
