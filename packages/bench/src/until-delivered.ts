import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 120_000;
const shortestMs = 10;
const longestMs = 500;

/**
 * Resolves once `count` has reached `goal`; rejects when nothing was added for two minutes. Asks rarely while the end is
 * far and often when it is near: what watches must not be what is measured.
 */
export async function untilDelivered(goal: number, count: () => Promise<number>): Promise<void> {
  const startedAt = performance.now();
  let begun: number | undefined;
  let seen = -1;
  let movedAt = startedAt;
  for (;;) {
    const now = await count();
    const at = performance.now();
    if (now >= goal) return;
    begun ??= now;
    if (now > seen) movedAt = at;
    else if (at - movedAt > patienceMs) throw new Error(`stuck at ${now} of ${goal} delivered OTPs`);
    seen = now;
    const perMs = (now - begun) / (at - startedAt);
    const half = perMs > 0 ? (goal - now) / perMs / 2 : longestMs / 10;
    await delay(Math.min(longestMs, Math.max(shortestMs, half)));
  }
}
