import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, ask, steadily } from '../load/http-clients.ts';
import { recipients } from '../load/recipients.ts';
import { seeded } from '../random.ts';
import { atRest } from '../records/at-rest.ts';
import { judge } from '../records/judge.ts';
import { readLedger } from '../records/ledger.ts';
import { readProviderCalls } from '../records/provider-calls.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { type HarmedStage, openHarmedStage } from '../stage/open-harmed-stage.ts';

/** Row 6: the api is killed and Postgres restarted at once all the time, while clients try again under one key each. */
export const killApi: Row = {
  rows: [6],
  title: 'the api killed and Postgres restarted at once, under clients that try again',
  quick: true,
  async run(context) {
    const stage = await openHarmedStage(
      context.short ? { workers: 1, stepMs: 5_000 } : { workers: 2, stepMs: 10_000 },
    );
    try {
      return await measure(context, stage);
    } finally {
      await stage.close();
    }
  },
};

interface Size {
  readonly requests: number;
  readonly kills: number;
  readonly restarts: number;
  readonly overMs: number;
}

const sizeOf = ({ short, budgetMs }: RowContext): Size =>
  short
    ? { requests: 300, kills: 4, restarts: 2, overMs: Math.min(budgetMs / 4, 14_000) }
    : { requests: 20_000, kills: 100, restarts: 20, overMs: budgetMs * 0.7 };

async function measure(context: RowContext, stage: HarmedStage): Promise<readonly Figure[]> {
  const { world } = stage;
  const size = sizeOf(context);
  const answers: Answer[] = [];
  const next = recipients(seeded(context.seed));
  const patientUntil = Date.now() + size.overMs + 45_000;
  let asked = 0;
  const load = steadily(size.requests / (size.overMs / 1_000), async () => {
    if (asked >= size.requests) return;
    asked += 1;
    const [key, request] = [`request-${asked}`, next()];
    for (let tries = 1; Date.now() < patientUntil; tries += 1) {
      const answer = await ask(world, key, request);
      answers.push(answer);
      if (answer.id !== undefined) return;
      await delay(Math.min(100 * 2 ** tries, 2_000));
    }
  });
  await harm(context, size, stage);
  await load.stop();
  context.log(`${answers.length} tries of ${asked} requests; waiting for what is in flight`);
  await atRest(stage, context.short ? 15_000 : 60_000);
  return figuresOf(answers, asked, size, stage);
}

/** Kills and restarts over the whole time, at moments and in an order of the seed's. */
async function harm(
  { seed, log }: RowContext,
  { kills, restarts, overMs }: Size,
  { world, postgres }: HarmedStage,
): Promise<void> {
  const random = seeded(seed);
  const startedAt = performance.now();
  const blows = [...Array<boolean>(kills).fill(true), ...Array<boolean>(restarts).fill(false)]
    .map((isKill) => ({ isKill, order: random() }))
    .sort((one, other) => one.order - other.order);
  for (const [index, { isKill }] of blows.entries()) {
    const dueMs = ((index + random()) / blows.length) * overMs;
    await delay(Math.max(0, startedAt + dueMs - performance.now()));
    if (isKill) {
      await world.api().kill();
      await world.startApi();
    } else await postgres.restart();
    if ((index + 1) % 20 === 0) log(`${index + 1} of ${blows.length} blows`);
  }
}

async function figuresOf(
  answers: readonly Answer[],
  asked: number,
  size: Size,
  { world, database }: HarmedStage,
): Promise<readonly Figure[]> {
  const accepted = answers.flatMap(({ id, at, key }) => (id === undefined ? [] : [{ id, at, key }]));
  const keys = new Set(accepted.map(({ key }) => key)).size;
  const ids = new Set(accepted.map(({ id }) => id)).size;
  const ledger = await readLedger(database, world.tenantId);
  const { lost, doubled } = judge(accepted, ledger, await readProviderCalls(world.simulator));
  const extra = Math.max(ids - keys, ledger.length - new Set(ledger.map(({ key }) => key)).size);
  const odd = answers.filter(({ status }) => status >= 400 && status !== 503);
  const exhausted = ledger.filter(({ delivery }) => delivery === 'exhausted').length;
  const figure = (name: string, value: number, detail: string): Figure => ({
    row: 6,
    figure: name,
    value,
    target: '0',
    pass: value === 0,
    ...(detail && { detail }),
  });
  const what = `${asked} requests in ${answers.length} tries (${statusesOf(answers)}), ${size.kills} kills of the api, ${size.restarts} immediate restarts of Postgres; ${keys} accepted, ${exhausted} exhausted, ${doubled.length} sent twice`;
  return [
    figure(
      'lost, or never accepted however often a client tried',
      lost.length + asked - keys,
      [what, ...lost.slice(0, 5)].join('; '),
    ),
    figure('extra verifications per Idempotency-Key', extra, ''),
    figure('answers 4xx, or 5xx other than 503', odd.length, odd.length > 0 ? statusesOf(odd) : ''),
  ];
}

function statusesOf(answers: readonly Answer[]): string {
  const counts = new Map<number, number>();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} × ${status || 'no answer'}`).join(', ');
}
