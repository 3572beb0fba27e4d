import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startWorld, type World } from '@otp-relay/e2e/world';
import { waitFor } from '@otp-relay/testkit';
import { Agent, request } from 'undici';
import { pace } from '../pace.ts';
import { percentile } from '../percentile.ts';
import { newPhones } from '../phones.ts';
import type { Stage } from '../stage.ts';
import { sendsAfterExpiry, statusesOf } from './ledger.ts';

export interface OverloadOptions {
  readonly seconds: number;
  /** How many times what can be sent is asked for. */
  readonly times: number;
}

export interface Overload {
  readonly asked: number;
  /** How many answers of each status; 0 is none. */
  readonly answers: Readonly<Record<number, number>>;
  /** With the wait for one of the clients' connections. */
  readonly answerP99Ms: number;
  /** The high-water mark, and the most that ever waited. */
  readonly mark: number;
  readonly mostWaiting: number;
  /** The largest resident set of the api and of the worker, MB, and what they had before. */
  readonly rssMb: Readonly<Record<string, readonly [before: number, most: number]>>;
  /** What became of those accepted, by status and delivery. */
  readonly ended: Readonly<Record<string, number>>;
  readonly sentAfterExpiry: number;
  /** From the end of the load until nothing waited any more, and until a new message was sent. */
  readonly drainedSeconds: number;
  readonly againSeconds: number;
}

/** Calls of 100–300 ms, 20 under way: 100/s can be sent, by this worker, whatever the machine. */
const sustainable = 100;
const lifeMs = 60_000;
/** Longer than a life: some codes expire in the line, and must not be sent then. */
const mark = sustainable * 75;

/** Asks over HTTP for a multiple of what can be sent, then stops, and watches everything come to rest without help. */
export async function measureOverload(stage: Stage, options: OverloadOptions): Promise<Overload> {
  const world = await startWorld({
    backend: stage.lifecycle,
    databaseUrl: stage.databaseUrl,
    tenant: { whatsappMs: 600_000 },
    env: { NODE_ENV: 'production', OTP_WHATSAPP_CONCURRENCY: '20', OTP_MAX_WAITING: String(mark) },
  });
  try {
    await world.simulator.settings({
      metaThroughputPerSecond: 0,
      metaPairLimit: false,
      keep: 1_000_000,
      latencyMs: 100,
      latencySpreadMs: 200,
    });
    const watch = watchSizes(world);
    const { answers, times } = await load(world, options);
    const stoppedAt = performance.now();
    const since = (): number => (performance.now() - stoppedAt) / 1_000;
    await untilSent(world);
    const againSeconds = since();
    await waitFor('the queues to be empty', async () => (await waitingIn(world)) === 0, {
      timeoutMs: 180_000,
      everyMs: 500,
    });
    const drainedSeconds = since();
    const { mostWaiting, rssMb } = await watch.stop();
    await delay(lifeMs / 10);
    const ended = await statusesOf(stage.database, world.tenantId);
    const sentAfterExpiry = await sendsAfterExpiry(stage.database, world);
    const asked = times.length;
    const answerP99Ms = percentile(times, 0.99);
    return {
      asked,
      answers,
      answerP99Ms,
      mark,
      mostWaiting,
      rssMb,
      ended,
      sentAfterExpiry,
      drainedSeconds,
      againSeconds,
    };
  } finally {
    await world.stop();
  }
}

async function load(
  world: World,
  { seconds, times: multiple }: OverloadOptions,
): Promise<{ answers: Record<number, number>; times: readonly number[] }> {
  const answers: Record<number, number> = {};
  const times: number[] = [];
  await pace(newPhones(sustainable * multiple * seconds), sustainable * multiple, async ([phone = '']) => {
    const { status, ms } = await ask(world, phone);
    answers[status] = (answers[status] ?? 0) + 1;
    times.push(ms);
  });
  return { answers, times };
}

/** As many connections as a few services hold: more requests wait at their side. */
const services = new Agent({ connections: 200 });

async function ask({ apiUrl, apiKey }: World, phone: string): Promise<{ status: number; ms: number }> {
  const startedAt = performance.now();
  const status = await request(`${apiUrl}/v1/verifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ to: { phone }, lifeMs }),
    dispatcher: services,
  }).then(
    async ({ statusCode, body }) => {
      await body.dump();
      return statusCode;
    },
    () => 0,
  );
  return { status, ms: performance.now() - startedAt };
}

/** Asks until a request is accepted, and until its message was sent. */
async function untilSent(world: World): Promise<void> {
  const [phone = ''] = newPhones(1);
  await waitFor('a request to be accepted', async () => (await ask(world, phone)).status === 201, {
    timeoutMs: 180_000,
    everyMs: 500,
  });
  await waitFor('its message', async () => (await world.simulator.messages({ to: phone })).length > 0, {
    timeoutMs: 180_000,
    everyMs: 100,
  });
}

const waitingIn = async (world: World): Promise<number> => {
  const counts = await world.house.producer.counts();
  return counts['otp-send-whatsapp'].waiting + counts['otp-send-sms'].waiting;
};

function watchSizes(world: World): {
  stop(): Promise<Pick<Overload, 'mostWaiting' | 'rssMb'>>;
} {
  const pids = { api: world.api().pid, worker: world.workers[0]?.pid ?? 0 };
  const before = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, residentMb(pid)]));
  const most = { ...before };
  let mostWaiting = 0;
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      for (const [name, pid] of Object.entries(pids)) most[name] = Math.max(most[name] ?? 0, residentMb(pid));
      mostWaiting = Math.max(mostWaiting, await waitingIn(world).catch(() => 0));
      await delay(250);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await watching;
      const rssMb = Object.fromEntries(
        Object.keys(pids).map((name) => [name, [before[name] ?? 0, most[name] ?? 0] as const]),
      );
      return { mostWaiting, rssMb };
    },
  };
}

/** Linux only; 0 elsewhere. */
function residentMb(pid: number): number {
  try {
    const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kb) / 1_024);
  } catch {
    return 0;
  }
}
