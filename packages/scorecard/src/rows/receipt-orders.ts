import { seeded } from '../random.ts';
import { type Judged, judgeTale } from '../receipts/judge-tale.ts';
import { openHouses } from '../receipts/open-houses.ts';
import { anyTale } from '../receipts/tale.ts';
import type { Row } from '../row.ts';

const orders = 20;
const talesAtOnce = 10;

/**
 * The same receipts, one to five times each, in every order, alone and in batches, at two engines at once, before the
 * worker's own answer and after the end: on a real Postgres, through the real webhook door.
 */
export const receiptOrders: Row = {
  rows: [9],
  title: 'receipts duplicated, in any order, early and late',
  quick: true,
  async run({ seed, short, budgetMs, log }) {
    const tales = short ? 50 : 500;
    const until = Date.now() + budgetMs;
    const houses = await openHouses();
    try {
      const judged: Judged[] = [];
      for (let from = 0; from < tales && Date.now() < until; from += talesAtOnce) {
        const group = Array.from({ length: talesAtOnce }, (_, index) => from + index).map((number) => {
          const random = seeded(seed * 1_000 + number);
          return judgeTale({ tale: anyTale(random), number, orders }, random, houses);
        });
        judged.push(...(await Promise.all(group)));
        if (judged.length % 100 === 0) log(`${judged.length * orders} traces`);
      }
      return [figureOf(judged, tales * orders, log)];
    } finally {
      await houses.close();
    }
  },
};

function figureOf(judged: readonly Judged[], wanted: number, log: (line: string) => void) {
  const different = judged.flatMap((one) => one.different);
  for (const line of different.slice(0, 6)) log(line);
  const traces = judged.reduce((sum, one) => sum + one.traces, 0);
  const webhooks = judged.reduce((sum, one) => sum + one.webhooks, 0);
  const percent = (100 * (traces - different.length)) / Math.max(traces, 1);
  return {
    row: 9,
    figure: 'receipts duplicated 1–5×, any order, early, late',
    value: `${percent.toFixed(2)} %`,
    target: `same final state in 100 % of ${wanted.toLocaleString('en')}`,
    pass: different.length === 0 && traces === wanted,
    detail: `${judged.length} tales in ${orders} orders each, ${webhooks} webhooks at two engines on one Postgres`,
  };
}
