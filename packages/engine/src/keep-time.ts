import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** How often a process asks Postgres what time it is, ms. */
const everyMs = 1_000;
/** Worth telling the operator, who should set the machine's clock right. */
const wrongByMs = 1_000;

/**
 * Gives a process one clock, Postgres', until `stop`: it is asked every second, and `Date.now` tells its time. For an
 * app's `main.ts`, before it consumes jobs. BullMQ rings delayed jobs, and on Postgres locks every job, by `Date.now`
 * and cannot be told otherwise: one worker ten minutes fast would ring all bells of all workers at once, and a bell that
 * rings early counts as promoted by an operator.
 */
export async function keepTime(
  { clock, store }: { readonly clock: Clock; readonly store: { now(): Promise<number> } },
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const machineNow = Date.now;
  const stopping = new AbortController();
  const sync = (): Promise<void> => clock.sync(() => store.now());

  await sync();
  const offMs = machineNow() - clock.now();
  if (Math.abs(offMs) >= wrongByMs)
    log.warn({ offMs }, "this machine's clock is wrong; this process follows Postgres' clock");
  Date.now = clock.now;

  async function rounds(): Promise<void> {
    for (;;) {
      await clock.sleep(everyMs, stopping.signal);
      if (stopping.signal.aborted) return;
      // Postgres being away is told by whoever needs it; the time goes on as last known.
      await sync().catch(() => undefined);
    }
  }
  const stopped = rounds();

  return {
    async stop() {
      stopping.abort();
      await stopped;
      Date.now = machineNow;
    },
  };
}
