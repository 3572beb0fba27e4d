import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneMessage } from '@otp-relay/e2e/world';
import { waitFor } from '@otp-relay/testkit';
import { handOver } from '../load/drive.ts';
import { quantile } from '../records/pick-up.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { openStage, type Stage } from '../stage/open-stage.ts';

const perSecond = 200;
/** `sent`, `delivered` and `read`, each in a webhook of its own. */
const receiptsEach = 3;
const settings = { sentAfterMs: 20, deliveredAfterMs: 60, readAfterMs: 200, metaBatchMs: 0 } as const;
const people = { full: 7_000, short: 2_000 } as const;
/** Processes that have just started compile what a webhook needs: their first five seconds are not what is promised. */
const warmUp = 1_000;
const phone = (n: number): string => `+1${212 + Math.floor(n / 1_000_000)}${2_000_000 + (n % 1_000_000)}`;

/** Row 10: three webhooks for each message; how soon does the api answer them, each committed by then? */
export const webhookAnswers: Row = {
  rows: [10],
  title: 'how soon a webhook is answered',
  quick: false,
  async run(context) {
    const stage = await openStage({ workers: 1 });
    try {
      return [await measure(context, stage)];
    } finally {
      await stage.close();
    }
  },
};

async function measure({ short, log, budgetMs }: RowContext, { world }: Stage): Promise<Figure> {
  const count = short ? people.short : people.full;
  await world.simulator.settings(settings);
  await world.simulator.script({
    provider: 'meta',
    times: null,
    answer: { kind: 'accept' },
    receipts: (['sent', 'delivered', 'read'] as const).map((status) => ({ status, afterMs: status })),
  });
  log(`${count} messages, ${perSecond} a second, ${receiptsEach * perSecond} webhooks a second`);
  await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      await delay((n * 1_000) / perSecond);
      await handOver(world, { to: { phone: phone(n) }, purpose: 'auth' }, true);
    }),
  );
  const isAnswered = ({ receipts }: PhoneMessage): boolean =>
    receipts.length === receiptsEach && receipts.every(({ firstAnswerMs }) => firstAnswerMs !== null);
  const allAnswered = async (): Promise<readonly PhoneMessage[] | false> => {
    const messages = await world.simulator.messages({ provider: 'meta', limit: 100_000 });
    return messages.length === count && messages.every(isAnswered) && messages;
  };
  const messages = await waitFor('every webhook to be answered', allAnswered, {
    timeoutMs: budgetMs / 2,
    everyMs: 500,
  });
  const receipts = messages
    .toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
    .slice(warmUp)
    .flatMap((message) => message.receipts);
  const answeredMs = receipts.flatMap(({ firstAnswerMs }) => firstAnswerMs ?? []);
  const refused = receipts.filter(({ answers }) => answers.some((answer) => answer !== 200)).length;
  const [p50, p99] = [quantile(answeredMs, 0.5), quantile(answeredMs, 0.99)];
  return {
    row: 10,
    figure: 'webhook answered at 3× the send rate',
    value: `p50 ${p50} ms, p99 ${p99} ms`,
    target: 'p50 ≤ 20 ms, p99 ≤ 250 ms',
    pass: refused === 0 && answeredMs.length === (count - warmUp) * receiptsEach && p50 <= 20 && p99 <= 250,
    bounded: short,
    detail: `${answeredMs.length} webhooks, ${perSecond * receiptsEach} a second, for messages from the public queue; the first ${warmUp} messages, while processes start, not counted; ${refused} answered other than 200; longest ${quantile(answeredMs, 1)} ms`,
  };
}
