import { seeded } from '../random.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { type CheckStage, openCheckStage } from '../stage/open-check-stage.ts';

const guesses = 10_000;
const mostCompared = 5;
const code = '736251';

/** Row 13: ten thousand guesses at one code, all under way at once, half of them at each of two processes. */
export const parallelGuesses: Row = {
  rows: [13],
  title: 'ten thousand guesses at once at one code',
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

async function measure(stage: CheckStage, { seed, short, budgetMs, log }: RowContext): Promise<Figure> {
  const random = seeded(seed);
  const rounds = short ? 1 : 10;
  const until = Date.now() + budgetMs * 0.8;
  const compared: number[] = [];
  const approved: number[] = [];
  let unanswered = 0;
  for (let round = 0; round < rounds && Date.now() < until; round += 1) {
    const id = await stage.ask(code);
    const before = await stage.compared();
    const rightAt = random.int(0, guesses - 1);
    const answers = await Promise.all(
      Array.from({ length: guesses }, (_, n) =>
        stage.check(n, id, n === rightAt ? code : String(n).padStart(6, '0')).catch(() => undefined),
      ),
    );
    compared.push((await stage.compared()) - before);
    approved.push(answers.filter((answer) => answer?.status === 200).length);
    unanswered += answers.filter((answer) => answer?.status !== 200 && answer?.status !== 422).length;
    log(`round ${round + 1}: ${compared.at(-1)} compared, ${approved.at(-1)} approved`);
  }
  const most = Math.max(...compared);
  const none = compared.length === 0 || Math.min(...compared) === 0;
  return {
    row: 13,
    figure: 'guesses compared of 10,000 in parallel on one code, two API processes',
    value: most,
    target: `≤ ${mostCompared}`,
    pass: most <= mostCompared && !none && Math.max(...approved) <= 1 && unanswered === 0,
    detail: `${compared.length} × ${guesses} guesses, the right one among them; compared ${compared.join(', ')}; approved ${approved.join(', ')}; answered otherwise ${unanswered}`,
  };
}
