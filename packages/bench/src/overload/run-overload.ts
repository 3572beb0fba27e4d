import { readOptions } from '../options.ts';
import { onStage, runProgram } from '../program.ts';
import { measureOverload, type Overload } from './measure-overload.ts';

const usage = `pnpm bench overload [flags]

  --backend redis|postgres   where the queues live (redis)
  --times <n>                how many times what can be sent (100/s) is asked for (3)
  --seconds <n>              for how long (90)
  --json                     end with one JSON line on stdout`;

/** Nothing falls over at a multiple of what can be sent. Resolves to the exit code. */
export const runOverload = (args: readonly string[]): Promise<number> =>
  runProgram(
    args,
    { usage, numbers: { times: [3, 1, 100], seconds: [90, 1, 3_600] }, words: { backend: 'redis' } },
    ({ numbers, words: { backend = '' } }) =>
      onStage(readOptions(['--backend', backend]), async (stage) => {
        const measured = await measureOverload(stage, numbers);
        return { lines: linesOf(measured), json: measured, passed: stood(measured) };
      }),
  );

/** Only yes and 503, no more waiting than twice the mark, and nothing sent to who can no longer use it. */
const stood = ({ answers, mostWaiting, mark, sentAfterExpiry }: Overload): boolean =>
  Object.keys(answers).every((status) => status === '201' || status === '503') &&
  mostWaiting <= 2 * mark &&
  sentAfterExpiry === 0;

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ');

const linesOf = (o: Overload): string[] => [
  `answers: ${listed(o.answers)} of ${o.asked}; p99 ${o.answerP99Ms.toFixed(0)} ms with the wait for a connection`,
  `waiting at most ${o.mostWaiting} (mark ${o.mark})`,
  ...Object.entries(o.rssMb).map(
    ([name, [before, most]]) => `${name}: ${before} MB resident before, ${most} MB at most`,
  ),
  `accepted: ${listed(o.ended)}; sent after expiry: ${o.sentAfterExpiry}`,
  `load gone: a new message sent after ${o.againSeconds.toFixed(1)} s, all at rest after ${o.drainedSeconds.toFixed(1)} s`,
];
