import { nodeFlags, simulatedCredentials, startSimulator } from '@otp-relay/e2e/world';
import type { QueueBackend } from '@otp-relay/queue';
import { type RunningProcess, startProcess } from '@otp-relay/testkit';
import { createPostgresBackend, Queue } from 'bullmq';
import { openMeters } from '../meters/meters.ts';
import type { BenchOptions } from '../options.ts';
import { burst, type Enqueue, pace } from '../pace.ts';
import { percentile } from '../percentile.ts';
import { newPhones } from '../phones.ts';
import { dispatchTimes, messagesUrlOf, onlyDelivered, setUp } from '../provider.ts';
import type { Measured } from '../report.ts';
import type { Stage } from '../stage.ts';
import { untilDelivered } from '../until-delivered.ts';
import { warmUpCount } from '../warm-up.ts';
import { type BareWorker, bareQueue } from './worker.ts';

/** The bare loop: one queue, one worker, one call per job, one webhook per message, nothing kept. */
export async function measureBaseline(stage: Stage, options: BenchOptions): Promise<Measured> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const simulator = await startSimulator();
    closers.push(() => simulator.stop());
    const webhooks = await self('baseline-webhooks', {}, /"ready":true/);
    closers.push(() => webhooks.stop());
    const { url } = JSON.parse(await webhooks.waitForLine(/"ready":true/)) as { url: string };
    await simulator.connect(url);
    await setUp(simulator, 0);
    await onlyDelivered(simulator);
    const queue = openQueue(stage.baseline);
    closers.push(() => queue.close());
    await queue.waitUntilReady();
    const told: BareWorker = {
      backend: stage.baseline,
      messagesUrl: messagesUrlOf(simulator),
      accessToken: simulatedCredentials.accessToken,
    };
    const worker = await self('baseline-worker', told, /^ready$/);
    closers.push(() => worker.stop());

    let done = 0;
    const deliverAll = async (count: number, work: (phones: readonly string[]) => Promise<void>) => {
      done += count;
      await work(newPhones(count));
      await untilDelivered(done, () => deliveredBy(url));
    };
    const enqueue: Enqueue = async (phones) => {
      const jobs = phones.map((to) => ({ name: 'send', data: { to } }));
      const [first, ...rest] = jobs;
      if (first && rest.length === 0) await queue.add(first.name, first.data);
      else await queue.addBulk(jobs);
    };

    await deliverAll(warmUpCount, (phones) => burst(phones, enqueue));
    const meters = await openMeters(stage, {
      simulator: simulator.process.pid,
      worker: worker.pid,
      webhooks: webhooks.pid,
    });
    closers.push(meters.close);
    await meters.start();
    const startedAt = performance.now();
    await deliverAll(options.count, (phones) => burst(phones, enqueue));
    const seconds = (performance.now() - startedAt) / 1_000;
    const work = await meters.stop(options.count);

    let times: readonly number[] = [];
    if (options.seconds > 0)
      await deliverAll(options.rate * options.seconds, async (phones) => {
        times = await dispatchTimes(simulator, await pace(phones, options.rate, enqueue));
      });
    return {
      perSecond: options.count / seconds,
      dispatchP50Ms: percentile(times, 0.5),
      dispatchP99Ms: percentile(times, 0.99),
      work,
    };
  } finally {
    for (const closer of closers.reverse()) await closer().catch(() => undefined);
  }
}

/** Another process of this program. */
const self = (command: string, told: object, readyWhen: RegExp): Promise<RunningProcess> =>
  startProcess({ args: [...nodeFlags, process.argv[1] ?? '', command, JSON.stringify(told)], readyWhen });

function openQueue(backend: QueueBackend): Queue {
  if (backend.kind === 'redis')
    return new Queue(bareQueue, {
      connection: { url: backend.url },
      ...(backend.prefix !== undefined && { prefix: backend.prefix }),
    });
  const connection = {
    connectionString: backend.url,
    migrate: true,
    ...(backend.schema !== undefined && { schema: backend.schema }),
  };
  return new Queue(bareQueue, { connection }, createPostgresBackend) as unknown as Queue;
}

const deliveredBy = async (url: string): Promise<number> =>
  ((await (await fetch(url)).json()) as { delivered: number }).delivered;
