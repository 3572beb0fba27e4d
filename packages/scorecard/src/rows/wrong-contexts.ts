import type { Engine } from '@otp-relay/engine';
import { codeAad } from '@otp-relay/engine';
import fc from 'fast-check';
import { anyContext, type Context } from '../contexts/any-context.ts';
import { bent } from '../contexts/bend-context.ts';
import { type Houses, openHouses } from '../receipts/open-houses.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { keys, tenantId } from '../simulation/installation.ts';

/** The tenant's own limit, so that two wrong ones leave one try, and three leave none. */
const maxChecks = 3;
/** People who check at the same moment: what takes time is the pause before a failed check is answered. */
const atOnce = { short: 250, full: 1_000 } as const;

/**
 * Row 18: the right code with a transaction that is not the one it was made for: another number or the same one written
 * otherwise, another case, another normal form, fields moved, dropped or added. Of two people in a row the first has two
 * such checks and then the right one, which must do; the second three, after which nothing may.
 */
export const wrongContexts: Row = {
  rows: [18],
  title: 'the right code with a changed transaction',
  quick: true,
  async run(context) {
    const houses = await openHouses();
    try {
      return [figureOf(await measure(context, houses), context.short ? 1_500 : 100_000)];
    } finally {
      await houses.close();
    }
  },
};

interface Tally {
  wrong: number;
  accepted: string[];
  /** People for whom the right transaction did not do what it should: then the rest proves nothing. */
  astray: string[];
  /** Checks that were refused and not counted. */
  uncounted: number;
}

async function measure({ seed, short, budgetMs, log }: RowContext, houses: Houses): Promise<Tally> {
  const wanted = short ? 1_500 : 100_000;
  const until = Date.now() + budgetMs;
  const people = short ? atOnce.short : atOnce.full;
  const tally: Tally = { wrong: 0, accepted: [], astray: [], uncounted: 0 };
  for (let round = 0; tally.wrong < wanted && Date.now() < until; round += 1) {
    const cases = fc.sample(anyCase, { seed: seed + round, numRuns: people });
    const ids = await Promise.all(
      cases.map(({ context }, index) => ask(houses, context, round * people + index)),
    );
    const codes = await codesOf(houses, ids);
    await Promise.all(
      cases.map((one, index) =>
        judge(one, ids[index] ?? '', codes.get(ids[index] ?? '') ?? '', index, houses, tally),
      ),
    );
    tally.uncounted += await uncountedOf(houses, ids, cases);
    if (short || round % 5 === 4) log(`${tally.wrong} changed transactions`);
  }
  return tally;
}

interface Case {
  readonly context: Context;
  readonly others: readonly (Context | undefined)[];
}

const anyCase: fc.Arbitrary<Case> = anyContext.chain((context) =>
  fc
    .tuple(bent(context), bent(context), bent(context), fc.boolean())
    .map(([a, b, c, all]) => ({ context, others: all ? [a, b, c] : [a, b] })),
);

const purposeOf = (context: Context): 'payment' | 'signature' =>
  'amount' in context ? 'payment' : 'signature';

async function ask({ engines }: Houses, context: Context, number: number): Promise<string> {
  const phone = `+1${212 + Math.floor(number / 7_000_000)}${2_000_000 + (number % 7_000_000)}`;
  const accepted = await engines[0].accept(
    { to: { phone }, purpose: purposeOf(context), context },
    { tenantId, source: 'http' },
  );
  if (accepted.kind === 'accepted' && !accepted.deduplicated) return accepted.id;
  throw new Error(`not accepted: ${JSON.stringify({ accepted, context })}`);
}

/** The codes, as their recipients know them. */
async function codesOf({ database }: Houses, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await database.query<{ id: string; sealed_code: Buffer }>(
    'select id, sealed_code from otp.verifications where id = any($1)',
    [ids],
  );
  return new Map(rows.map(({ id, sealed_code: sealed }) => [id, keys.open(sealed, codeAad(id)).reveal()]));
}

async function judge(
  { context, others }: Case,
  id: string,
  code: string,
  index: number,
  { engines }: Houses,
  tally: Tally,
): Promise<void> {
  const engineOf = (turn: number): Engine => engines[(index + turn) % 2 === 0 ? 0 : 1];
  const check = async (turn: number, shown: Context | undefined): Promise<string> => {
    // As it comes out of a request: parsed JSON.
    const payload: unknown = JSON.parse(JSON.stringify({ code, context: shown }));
    return (await engineOf(turn).check({ tenantId, id, mode: 'live' }, payload)).kind;
  };
  for (const [turn, other] of others.entries()) {
    tally.wrong += 1;
    const kind = await check(turn, other);
    if (kind !== 'failed') tally.accepted.push(`${kind}: ${JSON.stringify({ context, other })}`);
  }
  const last = await check(others.length, context);
  if (last !== (others.length < maxChecks ? 'approved' : 'failed'))
    tally.astray.push(`${last} after ${others.length}: ${JSON.stringify(context)}`);
}

async function uncountedOf(
  { database }: Houses,
  ids: readonly string[],
  cases: readonly Case[],
): Promise<number> {
  const { rows } = await database.query<{ id: string; failed_checks: number; told: number }>(
    `select v.id, v.failed_checks,
        (select count(*)::integer from otp.events e where e.verification_id = v.id and e.type = 'check_failed'
          and e.detail ->> 'reason' = 'context') as told
      from otp.verifications v where v.id = any($1)`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.reduce((sum, id, index) => {
    const wanted = cases[index]?.others.length ?? 0;
    const { failed_checks: failed = 0, told = 0 } = byId.get(id) ?? {};
    return sum + (wanted - Math.min(failed, told));
  }, 0);
}

function figureOf({ wrong, accepted, astray, uncounted }: Tally, wanted: number): Figure {
  const flaws = [...accepted, ...astray].slice(0, 5);
  return {
    row: 18,
    figure: `changed transactions accepted with the right code, of ${wrong.toLocaleString('en')}`,
    value: accepted.length,
    target: `0 of ${wanted.toLocaleString('en')}`,
    pass: accepted.length === 0 && astray.length === 0 && uncounted === 0 && wrong >= wanted,
    bounded: wrong < 100_000,
    detail: [
      `every one counted (${uncounted} were not), two engines on one Postgres; the right transaction approved the half that had a try left (${astray.length} astray)`,
      ...flaws,
    ].join('; '),
  };
}
