import { waitFor } from '@otp-relay/testkit';
import { killLoop } from '../faults/kill-loop.ts';
import { drive } from '../load/drive.ts';
import { recipients } from '../load/recipients.ts';
import { seeded } from '../random.ts';
import { byVerification, judge } from '../records/judge.ts';
import { countInFlight, readLedger } from '../records/ledger.ts';
import { pickUpTimes, quantile } from '../records/pick-up.ts';
import { readProviderCalls } from '../records/provider-calls.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { openStage, type Stage } from '../stage/open-stage.ts';

const fullKills = 200;
const shortKills = 20;
const perKill = 100;
const betweenMs = [1_000, 2_000] as const;
const stepMs = 4_000;
/** For start, what is left in flight after the load, and the counting. */
const aroundMs = 90_000;
const drainMs = 45_000;
/** What three workers have in hand and in wait when they keep up; more is a queue for want of CPU. */
const mostUnfinished = 60;

/** Rows 1–3: workers die all the time, in the middle of everything, while codes are sent. */
export const killWorkers: Row = {
  rows: [1, 2, 3],
  title: 'three workers, one killed with -9 every 1–2 s',
  quick: true,
  async run(context) {
    const stage = await openStage({ workers: 3, tenant: { whatsappMs: stepMs, smsMs: stepMs } });
    try {
      return await measure(stage, context);
    } finally {
      await stage.close();
    }
  },
};

async function measure(stage: Stage, { seed, short, log, budgetMs }: RowContext): Promise<readonly Figure[]> {
  const { world, database } = stage;
  const random = seeded(seed);
  const averageMs = (betweenMs[0] + betweenMs[1]) / 2;
  const affordable = Math.max(4, Math.floor((budgetMs - (short ? 25_000 : aroundMs)) / averageMs));
  const wanted = Math.min(short ? shortKills : fullKills, affordable);
  const count = wanted * perKill;
  log(`${count} verifications, ${wanted} kills`);
  const next = recipients(random);
  const overMs = wanted * averageMs;
  const [told, killed] = await Promise.all([
    drive(world, {
      requests: Array.from({ length: count }, next),
      overMs,
      queueToo: true,
      most: { unfinished: mostUnfinished, count: () => countUnfinished(stage) },
    }),
    killLoop(world, { random, kills: wanted, between: betweenMs, until: Date.now() + overMs * 1.2, log }),
  ]);
  const isIdle = async (): Promise<boolean> => (await countUnfinished(stage)) === 0;
  log('no more kills; waiting for what is in flight');
  await waitFor('nothing to be in flight', isIdle, { timeoutMs: drainMs, everyMs: 500 }).catch(
    () => undefined, // What is still in flight is then judged lost.
  );

  const ledger = await readLedger(database, world.tenantId);
  const calls = await readProviderCalls(world.simulator);
  const { lost, doubled, untried } = judge(told, ledger, calls);
  const waits = pickUpTimes(killed.orphans, ledger, byVerification(calls));
  const doubledPercent = Number(((doubled.length / told.length) * 100).toFixed(3));
  const toCall = waits.map((wait) => wait.toCallMs);
  const p99S = quantile(toCall, 0.99) / 1_000;
  const perDeath = waits.map((wait) => wait.toCallOrDeathMs);
  const bounded = killed.kills < fullKills || told.length < fullKills * perKill;
  const size = `${killed.kills} kills, ${told.length} verifications (half over HTTP, half through the queue), ${calls.length} provider calls; ${untried} failed openly without a call`;
  return [
    {
      row: 1,
      figure: `lost, workers killed with -9 ${killed.kills}× during ${told.length} verifications`,
      value: lost.length,
      target: '0',
      pass: lost.length === 0 && killed.kills > 0,
      bounded,
      detail: [size, ...lost.slice(0, 5)].join('; '),
    },
    {
      row: 2,
      figure: 'sent twice on one channel meanwhile',
      value: `${doubledPercent} % (${doubled.length})`,
      target: '≤ 0.5 %',
      pass: doubledPercent <= 0.5,
      bounded,
      ...(doubled.length > 0 && { detail: doubled.slice(0, 5).join(', ') }),
    },
    {
      row: 3,
      figure: "a dead worker's job picked up again: kill → next provider call",
      value: `p99 ${seconds(p99S * 1_000)}`,
      target: 'p99 ≤ 10 s',
      pass: waits.length > 0 && p99S <= 10,
      bounded,
      detail: [
        `${waits.length} of ${killed.orphans.length} jobs left behind needed another call`,
        `p50 ${seconds(quantile(toCall, 0.5))}, longest ${seconds(quantile(toCall, 1))}`,
        `counted only until the next worker that had it was killed too: p99 ${seconds(quantile(perDeath, 0.99))}`,
        `steps of ${stepMs / 1_000} s: a call that may have happened waits for its receipt until its step's deadline, longer with longer steps`,
        `the load holds back at ${mostUnfinished} unfinished, a kill waits until two workers are up`,
      ].join('; '),
    },
  ];
}

/** Verifications in flight, and jobs that have not become one yet. */
async function countUnfinished({ world, database }: Stage): Promise<number> {
  const { otp } = await world.house.producer.counts();
  const waiting = otp.waiting + otp.active + otp.delayed;
  return waiting + (await countInFlight(database, world.tenantId));
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
