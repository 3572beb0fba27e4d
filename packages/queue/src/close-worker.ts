import type { Worker } from 'bullmq';
import { createDeadline } from './deadline.ts';

/** How long an idle worker may take to leave politely; longer than this and its backend is away. */
const politeMs = 1_000;
/** How long the forced close may take: it waits for sockets, and sockets can hang. */
const forcedMs = 2_000;

/**
 * Closes a worker within `graceMs` plus {@link forcedMs}, whatever its handlers and its backend do. A job cut off here
 * keeps its lock for up to five seconds and then runs again elsewhere.
 */
export async function closeWorker(
  worker: Pick<Worker, 'pause' | 'close'>,
  { graceMs, isIdle }: { readonly graceMs: number; readonly isIdle: () => boolean },
): Promise<void> {
  const drained = worker.pause().catch(() => undefined);
  await Promise.race([drained, patience(graceMs, isIdle, drained)]);
  const deadline = createDeadline(forcedMs, 'the worker did not close');
  // Whichever way this ends the worker is as closed as it will get; its errors went to `error` already.
  await Promise.race([worker.close(true), deadline.expired]).catch(() => undefined);
  deadline.clear();
}

/** Resolves when waiting has no more point: the grace is over, or nothing runs and the backend does not answer. */
async function patience(graceMs: number, isIdle: () => boolean, drained: Promise<void>): Promise<void> {
  let done = false;
  void drained.then(() => {
    done = true;
  });
  const endsAt = Date.now() + graceMs;
  let idleSince: number | undefined;
  while (!done && Date.now() < endsAt) {
    idleSince = isIdle() ? (idleSince ?? Date.now()) : undefined;
    if (idleSince !== undefined && Date.now() - idleSince >= politeMs) return;
    await after(Math.min(25, endsAt - Date.now()));
  }
}

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.max(ms, 0));
  });
