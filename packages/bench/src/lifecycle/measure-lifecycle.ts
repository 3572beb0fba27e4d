import type { OtpJobInput } from '@otp-relay/contracts';
import { startWorld, type World } from '@otp-relay/e2e/world';
import { intakeQueue } from '@otp-relay/queue';
import { openMeters } from '../meters/meters.ts';
import type { BenchOptions } from '../options.ts';
import { burst, type Enqueue, pace } from '../pace.ts';
import { percentile } from '../percentile.ts';
import { newPhones } from '../phones.ts';
import { openProfiles } from '../profile/profiles.ts';
import { dispatchTimes, setUp } from '../provider.ts';
import type { Measured } from '../report.ts';
import type { Stage } from '../stage.ts';
import { untilDelivered } from '../until-delivered.ts';
import { warmUpCount } from '../warm-up.ts';

/** The whole path: BullMQ job → accepted → sent → receipts by signed webhooks → `delivered` in Postgres. */
export async function measureLifecycle(stage: Stage, options: BenchOptions): Promise<Measured> {
  const world = await startWorld({
    backend: stage.lifecycle,
    databaseUrl: stage.databaseUrl,
    workers: options.workers,
    // Far beyond a backlog of the throughput run: nothing is to fall back.
    tenant: { whatsappMs: 300_000 },
    env: {
      NODE_ENV: 'production',
      ...(options.profile && { NODE_OPTIONS: '--inspect=127.0.0.1:0 --enable-source-maps' }),
    },
  });
  const closers: (() => Promise<unknown>)[] = [() => world.stop()];
  try {
    await setUp(world.simulator, options.batchMs);
    const enqueue = intakeOf(world);
    let done = 0;
    const deliverAll = async (count: number, work: (phones: readonly string[]) => Promise<void>) => {
      done += count;
      await work(newPhones(count));
      await untilAllDelivered(stage, world, done);
    };

    await deliverAll(warmUpCount, (phones) => burst(phones, enqueue));
    const meters = await openMeters(stage, pidsOf(world));
    closers.push(meters.close);
    const profiles = options.profile ? await openProfiles(processesOf(world)) : undefined;
    await meters.start();
    const startedAt = performance.now();
    await deliverAll(options.count, (phones) => burst(phones, enqueue));
    const seconds = (performance.now() - startedAt) / 1_000;
    const work = await meters.stop(options.count);
    const profiled = await profiles?.finish();

    let times: readonly number[] = [];
    if (options.seconds > 0)
      await deliverAll(options.rate * options.seconds, async (phones) => {
        times = await dispatchTimes(world.simulator, await pace(phones, options.rate, enqueue));
      });
    return {
      perSecond: options.count / seconds,
      dispatchP50Ms: percentile(times, 0.5),
      dispatchP99Ms: percentile(times, 0.99),
      work,
      ...(profiled && { profiled }),
    };
  } finally {
    for (const closer of closers.reverse()) await closer().catch(() => undefined);
  }
}

/** What any service would put into the public queue, in bulk. */
export function intakeOf(world: World): Enqueue {
  const queue = world.house.producer.queues().find((one) => one.name === intakeQueue);
  if (!queue) throw new Error(`no queue ${intakeQueue}`);
  return async (phones) => {
    const jobs = phones.map((phone) => {
      const data: OtpJobInput = { v: 1, tenant: world.tenantId, to: { phone }, purpose: 'auth' };
      return { name: 'send', data };
    });
    const [first, ...rest] = jobs;
    if (first && rest.length === 0) await queue.add(first.name, first.data);
    else await queue.addBulk(jobs);
  };
}

/** Waits until Postgres, which is the truth, calls `goal` of the tenant's verifications delivered. */
export const untilAllDelivered = (stage: Stage, world: World, goal: number): Promise<void> =>
  untilDelivered(goal, () => deliveredIn(stage, world));

async function deliveredIn(stage: Stage, world: World): Promise<number> {
  const { rows } = await stage.database.query<{ n: number }>(
    // Those that `growth` adds have ids of long ago: counting them again and again would cost more than all else.
    "select count(*)::int as n from otp.verifications where id > 'vrf_01' and tenant_id = $1 and delivery = 'delivered'",
    [world.tenantId],
  );
  return rows[0]?.n ?? 0;
}

const processesOf = (world: World) => ({
  api: world.api(),
  ...Object.fromEntries(world.workers.map((worker, index) => [`worker ${index + 1}`, worker])),
});

const pidsOf = (world: World): Record<string, number> => ({
  simulator: world.simulator.process.pid,
  ...Object.fromEntries(Object.entries(processesOf(world)).map(([name, { pid }]) => [name, pid])),
});
