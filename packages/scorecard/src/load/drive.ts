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
}

/** Requests under way at most: beyond it the load waits. */
const mostUnderWay = 100;

/** Hands over all requests at their times; resolves with what clients were told. A request that was refused throws. */
export async function drive(world: World, { requests, overMs, queueToo }: Load): Promise<readonly Told[]> {
  const told: Told[] = [];
  const underWay = new Set<Promise<void>>();
  const startedAt = Date.now();
  for (const [index, request] of requests.entries()) {
    const waitMs = startedAt + (index * overMs) / requests.length - Date.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
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

async function handOver(world: World, request: VerificationRequestInput, queue: boolean): Promise<Told> {
  if (!queue) return { id: await world.send(request), at: Date.now() };
  const jobId = await world.house.producer.intake({ v: 1, tenant: world.tenantId, ...request });
  return { jobId, at: Date.now() };
}
