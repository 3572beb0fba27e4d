import type { VerificationRequestInput } from '@otp-relay/contracts';
import type { World } from '@otp-relay/e2e/world';

/** What a client was told: the verification's id over HTTP, the job's id through the queue. */
export type Told = { readonly at: number } & ({ readonly id: string } | { readonly jobId: string });

export interface Load {
  readonly requests: readonly VerificationRequestInput[];
  /** Spread evenly over this time, ms. */
  readonly overMs: number;
  /** Every second request goes through the public queue instead of HTTP. */
  readonly queueToo: boolean;
  /** The load holds back while this many verifications are unfinished: a machine with no time to spare is not the fault to study. */
  readonly most?: { readonly unfinished: number; readonly count: () => Promise<number> };
}

/** Requests under way at most: beyond it the load waits. */
const mostUnderWay = 100;

/** A request may be this late at the end, ms: without it the last ones would depend on a timer. */
const lateMs = 1_000;
/** How often `most` is asked about, in requests. */
const askEvery = 20;

/**
 * Hands over the requests at their times, later when held back, and none after `overMs`; resolves with what clients were
 * told. A request that was refused throws.
 */
export async function drive(
  world: World,
  { requests, overMs, queueToo, most }: Load,
): Promise<readonly Told[]> {
  const told: Told[] = [];
  const underWay = new Set<Promise<void>>();
  const startedAt = Date.now();
  const endsAt = startedAt + overMs;
  for (const [index, request] of requests.entries()) {
    const waitMs = startedAt + (index * overMs) / requests.length - Date.now();
    if (waitMs > 1) await pause(waitMs);
    while (most && index % askEvery === 0 && (await most.count()) > most.unfinished && Date.now() < endsAt)
      await pause(100);
    if (Date.now() > endsAt + lateMs) break;
    const one = handOver(world, request, queueToo && index % 2 === 1).then(
      (answer) => void told.push(answer),
    );
    underWay.add(one);
    void one.finally(() => underWay.delete(one)).catch(() => undefined);
    if (underWay.size >= mostUnderWay) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return told;
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Hands one request over, through the public queue or over HTTP. */
export async function handOver(
  world: World,
  request: VerificationRequestInput,
  queue: boolean,
): Promise<Told> {
  if (!queue) return { id: await world.send(request), at: Date.now() };
  const jobId = await world.house.producer.intake({ v: 1, tenant: world.tenantId, ...request });
  return { jobId, at: Date.now() };
}
