import { setTimeout as delay } from 'node:timers/promises';
import { startWorld, type World } from '@otp-relay/e2e/world';
import { intakeQueue } from '@otp-relay/queue';
import { waitFor } from '@otp-relay/testkit';
import { burst, pace } from '../pace.ts';
import { percentile } from '../percentile.ts';
import { newPhones } from '../phones.ts';
import type { Stage } from '../stage.ts';

export interface FairnessOptions {
  /** Messages the noisy tenant has waiting. */
  readonly waiting: number;
  /** Requests per second of the quiet tenant, and for how long, before and during. */
  readonly rate: number;
  readonly seconds: number;
}

/** From the quiet tenant's request to its provider's call, ms. */
export interface Times {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Fairness {
  readonly alone: Times;
  readonly beside: Times;
  /** What waited at the beginning and at the end of the second measurement. */
  readonly waiting: readonly [number, number];
  /** How long the noisy tenant's jobs took from the public queue into Postgres: first come, first served for everybody. */
  readonly intakeSeconds: number;
}

/** What everybody waits for is the provider: calls of 100–300 ms, 20 under way, hence 100/s. */
const call = { latencyMs: 100, latencySpreadMs: 200 } as const;
const concurrency = 20;

/** The quiet tenant asks over HTTP, alone and then beside a tenant that keeps thousands waiting. */
export async function measureFairness(stage: Stage, options: FairnessOptions): Promise<Fairness> {
  const world = await startWorld({
    backend: stage.lifecycle,
    databaseUrl: stage.databaseUrl,
    tenant: { whatsappMs: 600_000 },
    env: {
      NODE_ENV: 'production',
      OTP_WHATSAPP_CONCURRENCY: String(concurrency),
      OTP_MAX_WAITING: String(options.waiting * 2),
    },
  });
  try {
    await world.simulator.settings({
      metaThroughputPerSecond: 0,
      metaPairLimit: false,
      keep: 1_000_000,
      ...call,
    });
    const quiet = await world.addTenant({ whatsappMs: 600_000 });
    await ask(world, quiet.apiKey, options.rate, 3);
    const alone = await ask(world, quiet.apiKey, options.rate, options.seconds);

    const startedAt = performance.now();
    await makeNoise(world, options.waiting);
    const intakeSeconds = (performance.now() - startedAt) / 1_000;
    // The burst itself is over: what is measured is standing in line beside it.
    await delay(1_000);
    const before = await waitingIn(world);
    const beside = await ask(world, quiet.apiKey, options.rate, options.seconds);
    return { alone, beside, waiting: [before, await waitingIn(world)], intakeSeconds };
  } finally {
    await world.stop();
  }
}

async function ask(world: World, apiKey: string, rate: number, seconds: number): Promise<Times> {
  const phones = newPhones(rate * seconds);
  const setOutAt = await pace(phones, rate, async ([phone]) => {
    const response = await fetch(`${world.apiUrl}/v1/verifications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to: { phone } }),
    });
    if (response.status !== 201) throw new Error(`the api answered ${response.status}`);
    await response.arrayBuffer();
  });
  const calledAt = await waitFor(
    "the quiet tenant's messages",
    async () => {
      const messages = await world.simulator.messages({ provider: 'meta', limit: 100_000 });
      const byPhone = new Map(messages.map(({ to, at }) => [to, Date.parse(at)]));
      return phones.every((phone) => byPhone.has(phone)) && byPhone;
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );
  const times = phones.map((phone) => (calledAt.get(phone) ?? Number.NaN) - (setOutAt.get(phone) ?? 0));
  return { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
}

/** Puts the noisy tenant's jobs into the public queue and waits until they stand in the send queue. */
async function makeNoise(world: World, count: number): Promise<void> {
  const queue = world.house.producer.queues().find(({ name }) => name === intakeQueue);
  await burst(newPhones(count), async (phones) => {
    const jobs = phones.map((phone) => ({
      name: 'send',
      data: { v: 1, tenant: world.tenantId, to: { phone }, purpose: 'auth' },
    }));
    await queue?.addBulk(jobs);
  });
  await waitFor(
    'the burst to be accepted',
    async () => {
      const { waiting, active } = (await world.house.producer.counts()).otp;
      return waiting + active === 0;
    },
    { timeoutMs: 180_000, everyMs: 200 },
  );
}

const waitingIn = async (world: World): Promise<number> =>
  (await world.house.producer.counts())['otp-send-whatsapp'].waiting;
