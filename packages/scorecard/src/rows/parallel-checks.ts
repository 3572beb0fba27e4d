import type { Figure, Row, RowContext } from '../row.ts';
import { type CheckStage, openCheckStage } from '../stage/open-check-stage.ts';

const full = { codes: 1_000, checks: 100 } as const;
const shortCodes = 50;
const codesAtOnce = 4;

/** Row 14: the right code, typed a hundred times at the same moment, at two processes. */
export const parallelChecks: Row = {
  rows: [14],
  title: 'a hundred correct checks at once',
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

async function measure(stage: CheckStage, { short, budgetMs, log }: RowContext): Promise<Figure> {
  const codes = short ? shortCodes : full.codes;
  const until = Date.now() + budgetMs * 0.8;
  const successes: number[] = [];
  const one = async (n: number): Promise<void> => {
    const code = String(100_000 + n);
    const id = await stage.ask(code);
    const answers = await Promise.all(
      Array.from({ length: full.checks }, (_, process) => stage.check(process, id, code)),
    );
    successes.push(answers.filter((answer) => answer.status === 200).length);
  };
  for (let n = 0; n < codes && Date.now() < until; n += codesAtOnce) {
    await Promise.all(Array.from({ length: Math.min(codesAtOnce, codes - n) }, (_, at) => one(n + at)));
    if (n % 100 === 96) log(`${successes.length} codes`);
  }
  const astray = successes.filter((count) => count !== 1).length;
  const unwritten = await approvedOtherwise(stage);
  return {
    row: 14,
    figure: `successes of ${full.checks} parallel correct checks × ${successes.length}`,
    value: astray === 0 ? 'exactly 1 each' : `${astray} codes with another number`,
    target: 'exactly 1 each',
    pass: astray === 0 && unwritten === 0 && successes.length > 0,
    ...(successes.length < full.codes && { bounded: true }),
    detail: `two processes; codes whose timeline tells of no or more than one approval: ${unwritten}`,
  };
}

async function approvedOtherwise({ database }: CheckStage): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `select count(*)::int as count from otp.verifications v
      where v.status <> 'approved'
        or 1 <> (select count(*) from otp.events e where e.verification_id = v.id and e.type = 'approved')`,
  );
  return rows[0]?.count ?? -1;
}
