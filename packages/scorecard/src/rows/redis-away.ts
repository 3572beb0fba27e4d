import { setTimeout as delay } from 'node:timers/promises';
import type { VerificationRequestInput } from '@otp-relay/contracts';
import { type Answer, ask, steadily } from '../load/http-clients.ts';
import { recipients } from '../load/recipients.ts';
import { seeded } from '../random.ts';
import { atRest } from '../records/at-rest.ts';
import { judge } from '../records/judge.ts';
import { readLedger } from '../records/ledger.ts';
import { readProviderCalls } from '../records/provider-calls.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { type HarmedStage, openHarmedStage } from '../stage/open-harmed-stage.ts';

/** One kind of trouble. `long`: it lasts the whole minute of the promise. */
interface Trouble {
  readonly name: string;
  readonly long: boolean;
  begin(): unknown;
  end(): unknown;
}

const minuteMs = 60_000;
const slowestMs = 2_000;
const perSecond = { short: 10, full: 40 } as const;

/** Row 5: Redis is frozen, unreachable, slow, out of memory, out of disk; nothing is lost, nothing crashes, the api answers. */
export const redisAway: Row = {
  rows: [5],
  title: 'Redis frozen or unreachable while requests come in',
  quick: true,
  async run(context) {
    const stage = await openHarmedStage(
      context.short ? { workers: 1, stepMs: 5_000 } : { workers: 2, stepMs: 25_000 },
    );
    try {
      return await measure(context, stage);
    } finally {
      await stage.close();
    }
  },
};

function troublesOf({ redis, weather }: HarmedStage): readonly Trouble[] {
  const pass = (): void => weather.set({ kind: 'pass' });
  const storm = (kind: 'reset' | 'freeze' | 'half-open', name: string): Trouble => ({
    name,
    long: true,
    begin: () => weather.set({ kind }),
    end: pass,
  });
  const slow = (): void => weather.set({ kind: 'slow', latencyMs: 150 });
  const { freeze, starve, fillDisk } = redis;
  return [
    { name: 'SIGSTOP', long: true, begin: () => freeze(true), end: () => freeze(false) },
    storm('freeze', 'frozen network'),
    storm('half-open', 'half-open connections'),
    storm('reset', 'connections reset'),
    { name: '300 ms of latency', long: false, begin: slow, end: pass },
    { name: 'maxmemory', long: false, begin: () => starve(true), end: () => starve(false) },
    ...(fillDisk
      ? [{ name: 'full disk', long: false, begin: () => fillDisk(true), end: () => fillDisk(false) }]
      : []),
  ];
}

async function measure(context: RowContext, stage: HarmedStage): Promise<readonly Figure[]> {
  const { short, budgetMs, seed, log } = context;
  const { world } = stage;
  const next = recipients(seeded(seed));
  // The first requests of a cold process say nothing about Redis.
  for (let warm = 0; warm < 3; warm += 1) await untilSentAgain(stage, next);
  const troubles = troublesOf(stage);
  // Half of the budget for the troubles, the rest to get up, recover and come to rest.
  const longMs = Math.min(
    short ? 2_500 : minuteMs,
    budgetMs / 2 / troubles.filter(({ long }) => long).length,
  );
  const answers: Answer[] = [];
  const lines: string[] = [];
  for (const [index, trouble] of troubles.entries()) {
    const forMs = trouble.long ? longMs : Math.min(longMs, 10_000);
    const scene: Answer[] = [];
    const load = steadily(perSecond[short ? 'short' : 'full'], async () => {
      scene.push(await ask(world, `trouble-${index}-${scene.length}-${Math.random()}`, next()));
    });
    await delay(short ? 300 : 2_000);
    const begunAt = Date.now();
    await trouble.begin();
    await delay(forMs);
    await trouble.end();
    const againMs = await untilSentAgain(stage, next);
    await load.stop();
    answers.push(...scene);
    const slowest = Math.round(Math.max(...scene.map((answer) => answer.ms)));
    const line = `${trouble.name} ${Math.round(forMs / 1_000)} s: slowest answer ${slowest} ms, sending again after ${againMs} ms`;
    log(line);
    lines.push(line);
    for (const { at, status, ms } of scene.filter((answer) => answer.ms > slowestMs))
      log(`  asked ${at - begunAt} ms after it began: ${status} after ${Math.round(ms)} ms`);
  }
  await atRest(stage, short ? 10_000 : 90_000);
  return figuresOf(answers, lines, stage);
}

async function figuresOf(
  answers: readonly Answer[],
  lines: readonly string[],
  { world, database, redis }: HarmedStage,
): Promise<readonly Figure[]> {
  const told = answers.flatMap(({ id, at }) => (id === undefined ? [] : [{ id, at }]));
  const ledger = await readLedger(database, world.tenantId);
  const { lost, doubled } = judge(told, ledger, await readProviderCalls(world.simulator));
  const exhausted = ledger.filter(({ delivery }) => delivery === 'exhausted').length;
  const odd = answers.filter(({ status }) => ![200, 201, 503].includes(status));
  const figure = (name: string, value: number, detail?: string): Figure => ({
    row: 5,
    figure: name,
    value,
    target: '0',
    pass: value === 0,
    ...(detail && { detail }),
  });
  const what = `${answers.length} requests, ${told.length} accepted, ${exhausted} exhausted, ${doubled.length} sent twice`;
  const noDisk = redis.fillDisk ? [] : ['full disk: not run, no tmpfs could be mounted'];
  return [
    figure(
      'lost while Redis was away',
      lost.length,
      [what, ...lines, ...noDisk, ...lost.slice(0, 5)].join('; '),
    ),
    figure('processes that crashed', [world.api(), ...world.workers].filter(hasEnded).length),
    figure('answers later than 2 s', answers.filter(({ ms }) => ms > slowestMs).length),
    figure(
      'answers other than accepted or 503',
      odd.length,
      [...new Set(odd.map(({ status }) => status || 'no answer'))].join(', '),
    ),
  ];
}

/** How long until a verification started now reaches a provider, ms. */
async function untilSentAgain({ world }: HarmedStage, next: () => VerificationRequestInput): Promise<number> {
  const startedAt = performance.now();
  const took = (): number => Math.round(performance.now() - startedAt);
  while (took() < minuteMs) {
    const request = next();
    const { id } = await ask(world, `again-${Math.random()}`, request);
    const to = request.to.phone ?? '';
    for (const giveUpAt = took() + 3_000; id !== undefined && took() < giveUpAt; await delay(50))
      if ((await world.simulator.calls({ to })).length > 0) return took();
  }
  return took();
}

/** None of them is asked to end while this row runs. */
const hasEnded = ({ pid }: { readonly pid: number }): boolean => {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
};
