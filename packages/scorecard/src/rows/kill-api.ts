import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, ask } from '../load/http-clients.ts';
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
  /** One immediate restart of Postgres per this many kills. */
  readonly killsPerRestart: number;
  readonly overMs: number;
}

const full = { requests: 20_000, kills: 100, killsPerRestart: 5 } as const;

const sizeOf = ({ short, budgetMs }: RowContext): Size =>
  short
    ? { requests: 300, kills: 4, killsPerRestart: 2, overMs: Math.min(budgetMs / 2, 25_000) }
    : { ...full, overMs: budgetMs * 0.75 };

/** What was really done to them: a busy machine starts fewer apis in the time there is. */
interface Harm {
  kills: number;
  restarts: number;
}

const clients = 60;
const patienceMs = 60_000;

async function measure(context: RowContext, stage: HarmedStage): Promise<readonly Figure[]> {
  const { world } = stage;
  const size = sizeOf(context);
  const answers: Answer[] = [];
  const next = recipients(seeded(context.seed));
  const endsAt = Date.now() + size.overMs;
  const pauseMs = (size.overMs * clients) / size.requests;
  let asked = 0;
  /** A service: one request at a time, tried under its key until it is accepted. */
  const client = async (): Promise<void> => {
    while (asked < size.requests && Date.now() < endsAt) {
      asked += 1;
      const [key, request, startedAt] = [`request-${asked}`, next(), Date.now()];
      for (let tries = 1; Date.now() < endsAt + patienceMs; tries += 1) {
        const answer = await ask(world, key, request);
        answers.push(answer);
        if (answer.id !== undefined) break;
        await delay(Math.min(100 * 2 ** tries, 2_000));
      }
      await delay(Math.max(0, startedAt + pauseMs - Date.now()));
    }
  };
  const asking = Promise.all(Array.from({ length: clients }, client));
  const harmed = await harm(context, size, endsAt, stage);
  await asking;
  context.log(`${answers.length} tries of ${asked} requests; waiting for what is in flight`);
  await atRest(stage, context.short ? 15_000 : 60_000);
  return figuresOf(answers, asked, harmed, stage);
}

/** The api lives for a moment of the seed's after each start; every few deaths Postgres is restarted beside it. */
async function harm(
  { seed, log }: RowContext,
  { kills, killsPerRestart, overMs }: Size,
  endsAt: number,
  { world, postgres }: HarmedStage,
): Promise<Harm> {
  const random = seeded(seed);
  const done: Harm = { kills: 0, restarts: 0 };
  const mostMs = overMs / kills / 2;
  while (done.kills < kills && Date.now() < endsAt) {
    await delay(random.int(mostMs / 4, mostMs));
    await world.api().kill();
    done.kills += 1;
    const restarted = done.kills % killsPerRestart === 0 && random() < 0.5 ? postgres.restart() : undefined;
    // A machine that has no time for it may need more than one start.
    await world.startApi().catch(() => world.startApi());
    await restarted;
    if (done.kills % killsPerRestart === 0) {
      if (!restarted) await postgres.restart();
      done.restarts += 1;
    }
    if (done.kills % 20 === 0) log(`${done.kills} kills, ${done.restarts} restarts`);
  }
  return done;
}

async function figuresOf(
  answers: readonly Answer[],
  asked: number,
  { kills, restarts }: Harm,
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
  const bounded = asked < full.requests || kills < full.kills;
  const figure = (name: string, value: number, detail: string): Figure => ({
    row: 6,
    figure: name,
    value,
    target: '0',
    pass: value === 0,
    bounded,
    ...(detail && { detail }),
  });
  const what = `${asked} requests in ${answers.length} tries (${statusesOf(answers)}), ${kills} kills of the api, ${restarts} immediate restarts of Postgres; ${keys} accepted, ${exhausted} exhausted, ${doubled.length} sent twice`;
  return [
    figure(
      `lost or never accepted: api killed ${kills}×, Postgres restarted ${restarts}× during ${asked} requests`,
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
