import { setTimeout as delay } from 'node:timers/promises';

/** How one job is put into the queue. */
export type Enqueue = (phones: readonly string[]) => Promise<void>;

const tickMs = 5;

/** Enqueues one OTP at a time, `rate` per second, whatever became of the earlier ones; resolves to when each one set out, ms. */
export async function pace(
  phones: readonly string[],
  rate: number,
  enqueue: Enqueue,
): Promise<ReadonlyMap<string, number>> {
  const setOutAt = new Map<string, number>();
  const adding: Promise<void>[] = [];
  const faults: unknown[] = [];
  const startedAt = performance.now();
  while (setOutAt.size < phones.length) {
    const due = Math.min(phones.length, Math.floor(((performance.now() - startedAt) / 1_000) * rate) + 1);
    for (const phone of phones.slice(setOutAt.size, due)) {
      setOutAt.set(phone, Date.now());
      adding.push(enqueue([phone]).catch((fault) => void faults.push(fault)));
    }
    await delay(tickMs);
  }
  await Promise.all(adding);
  if (faults.length > 0)
    throw new Error(
      `the queue did not take ${faults.length} of ${phones.length} OTPs at ${rate}/s (${faults[0]}): try a lower --rate`,
    );
  return setOutAt;
}

const chunk = 500;

/** Enqueues everything at once, as a service with a backlog would: in bulk. */
export async function burst(phones: readonly string[], enqueue: Enqueue): Promise<void> {
  for (let from = 0; from < phones.length; from += chunk) await enqueue(phones.slice(from, from + chunk));
}
