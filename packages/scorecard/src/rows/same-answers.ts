import { type Random, seeded } from '../random.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { type CheckAnswer, type CheckStage, openCheckStage } from '../stage/open-check-stage.ts';

const code = '736251';
const most = 2_000;
const shortSamples = 200;
const closestMs = 1;
/** Lanes of callers, so that it does not take hours; each asks for every kind in turn. */
const lanes = 8;
/** Of one verification only so many are wrong: the last try does more than fail. */
const wrongPerCode = 4;

/** Row 19: five reasons why a check fails, told apart by nothing that a caller sees, nor by how long it takes. */
export const sameAnswers: Row = {
  rows: [19],
  title: 'wrong, expired, used, unknown and locked checks look the same',
  quick: true,
  async run(context) {
    const stage = await openCheckStage();
    try {
      return [await measure(stage, context)];
    } finally {
      await stage.close();
    }
  },
};

const kinds = ['wrong', 'expired', 'used', 'unknown', 'locked'] as const;
type Kind = (typeof kinds)[number];

async function measure(stage: CheckStage, { seed, short, budgetMs, log }: RowContext): Promise<Figure> {
  const samples = short ? shortSamples : most;
  const random = seeded(seed);
  const targets = await prepare(stage, samples);
  log(`${samples} interleaved samples of each of ${kinds.length} kinds`);
  const until = Date.now() + budgetMs * 0.7;
  const answers: Record<Kind, CheckAnswer[]> = { wrong: [], expired: [], used: [], unknown: [], locked: [] };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < samples && Date.now() < until) {
      const n = next;
      next += 1;
      for (const kind of shuffled(random)) {
        const id = targets[kind][n % targets[kind].length] ?? '';
        const guess = kind === 'wrong' ? '000000' : code;
        answers[kind].push(await stage.check(n, id, guess));
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const reasons = await reasonsOf(stage);
  return figureOf(answers, reasons, { short, random });
}

/** Ids to guess at; each kind is spread over as many verifications as can be made of it. */
async function prepare(stage: CheckStage, samples: number): Promise<Record<Kind, readonly string[]>> {
  const some = 20;
  const make = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 20)
      ids.push(
        ...(await Promise.all(Array.from({ length: Math.min(20, count - n) }, () => stage.ask(code)))),
      );
    return ids;
  };
  const wrong = await make(Math.ceil(samples / wrongPerCode));
  const used = await make(some);
  for (const id of used) await stage.check(0, id, code);
  const expired = await make(some);
  await stage.database.query(
    `update otp.verifications set created_at = created_at - 900000, expires_at = expires_at - 900000,
      deadline_at = deadline_at - 900000 where id = any($1)`,
    [expired],
  );
  const locked = await make(some);
  await stage.database.query(
    `insert into otp.check_failures (tenant_id, recipient_key, purpose, in_row)
      select tenant_id, recipient_key, purpose, 100 from otp.requests where id = any($1)`,
    [locked],
  );
  const unknown = wrong.map((id) => `vrf_${[...id.slice(4)].reverse().join('')}`);
  return { wrong, used, expired, locked, unknown };
}

function shuffled(random: Random): readonly Kind[] {
  const order: Kind[] = [...kinds];
  for (let n = order.length - 1; n > 0; n -= 1) {
    const other = random.int(0, n);
    [order[n], order[other]] = [order[other] as Kind, order[n] as Kind];
  }
  return order;
}

/** What the timelines know: that every kind was what it was meant to be. */
async function reasonsOf({ database }: CheckStage): Promise<readonly string[]> {
  const { rows } = await database.query<{ reason: string }>(
    `select distinct type || ' ' || (detail ->> 'reason') as reason from otp.events
      where type in ('check_failed', 'check_refused') order by 1`,
  );
  return rows.map(({ reason }) => reason);
}

const expectedReasons = 'check_failed code, check_refused expired, check_refused locked, check_refused used';

function figureOf(
  answers: Readonly<Record<Kind, readonly CheckAnswer[]>>,
  reasons: readonly string[],
  { short, random }: { readonly short: boolean; readonly random: Random },
): Figure {
  const shown = new Set(
    kinds.flatMap((kind) => answers[kind].map(({ status, text, headers }) => `${status} ${text} ${headers}`)),
  );
  const times = kinds.map((kind) => answers[kind].map(({ ms }) => ms));
  const medians = times.map(medianOf);
  const apartMs = spread(medians);
  const chance = chanceOf(apartMs, times, random);
  // A busy machine spreads the medians of a few samples by itself: then it must not be the kinds that do.
  const isSame = apartMs <= closestMs || (short && chance > leastChance);
  const samples = Math.min(...kinds.map((kind) => answers[kind].length));
  const told = reasons.join(', ');
  return {
    row: 19,
    figure: 'wrong, expired, used, unknown, locked told apart',
    value: `${shown.size} kind of answer; medians ${apartMs.toFixed(2)} ms apart`,
    target: 'same status, body, headers; medians within 1 ms',
    pass: shown.size === 1 && isSame && samples > 0 && told === expectedReasons,
    ...(samples < most && { bounded: true }),
    detail: `${samples} samples each; medians ${kinds.map((kind, n) => `${kind} ${medians[n]?.toFixed(2)} ms`).join(', ')}; kinds mixed up at random are as far apart in ${(chance * 100).toFixed(1)} % of cases; the timelines know: ${told}`,
  };
}

const shuffles = 1_000;
const leastChance = 0.001;

/** How often medians are this far apart when the kinds of each round are mixed up at random (a permutation test). */
function chanceOf(apartMs: number, times: readonly (readonly number[])[], random: Random): number {
  const rounds = Math.min(...times.map((one) => one.length));
  let asFar = 0;
  for (let n = 0; n < shuffles; n += 1) {
    const mixed: number[][] = times.map(() => []);
    for (let round = 0; round < rounds; round += 1) {
      const left = times.map((one) => one[round] ?? 0);
      for (const one of mixed) one.push(left.splice(random.int(0, left.length - 1), 1)[0] ?? 0);
    }
    if (spread(mixed.map(medianOf)) >= apartMs) asFar += 1;
  }
  return asFar / shuffles;
}

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
