import type { Row } from '../row.ts';
import { playInThreads } from '../simulation/in-threads.ts';
import { invariants } from '../simulation/invariants.ts';
import { shortestStory, type Tallied } from '../simulation/play-many.ts';

const full = 100_000;
const short = 10_000;
/** How much of the budget may go into shortening a schedule that failed. */
const shrinkShare = 0.1;

/**
 * The real engine — accept, corridor, effects, perform, webhooks, bells, sweeper — on one to three machines in virtual
 * time, over a ledger and queues in memory that keep the contracts of the real ones. Machines die before, between and
 * after any two effects, freeze and lose connections; Redis and Postgres go away; providers answer and report as they like.
 */
export const simulation: Row = {
  rows: [8],
  title: 'the engine in virtual time, over random schedules',
  quick: true,
  async run({ seed, short: small, budgetMs, log }) {
    const wanted = small ? short : full;
    const until = Date.now() + budgetMs * (1 - shrinkShare);
    const progress = (schedules: number): void => {
      if (schedules % 10_000 === 0) log(`${schedules} schedules`);
    };
    const tallied = await playInThreads({ first: seed, count: wanted, until }, progress);
    const [first] = tallied.broken;
    if (first) for (const line of await shortestStory(first, budgetMs * shrinkShare)) log(line);
    return [
      {
        row: 8,
        figure: 'invariants broken in random schedules with a crash between any two effects',
        value: tallied.broken.length,
        target: `0 of ${wanted.toLocaleString('en')}`,
        pass: tallied.broken.length === 0 && tallied.schedules === wanted,
        detail: detailOf(tallied),
      },
    ];
  },
};

function detailOf({ schedules, verifications, calls, crashes, broken }: Tallied): string {
  const counted = [
    `${invariants.length} invariants over ${schedules} schedules`,
    `${verifications} verifications`,
    `${calls} provider calls`,
    `${crashes} crashes`,
    ...broken.map(({ seed, name }) => `seed ${seed} breaks "${name}"`),
  ];
  return counted.join(', ');
}
