import { parseArgs } from 'node:util';
import { readOptions } from '../options.ts';
import { openStage } from '../stage.ts';
import { measureOverload, type Overload } from './measure-overload.ts';

const usage = `pnpm bench overload [flags]

  --backend redis|postgres   where the queues live (redis)
  --times <n>                how many times what can be sent (100/s) is asked for (3)
  --seconds <n>              for how long (90)
  --json                     end with one JSON line on stdout`;

/** Nothing falls over at a multiple of what can be sent. Resolves to the exit code. */
export async function runOverload(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backend: { type: 'string', default: 'redis' },
      times: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '90' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(`${usage}\n`);
    return 0;
  }
  const stage = await openStage(readOptions(['--backend', values.backend]));
  try {
    const measured = await measureOverload(stage, {
      times: Number(values.times),
      seconds: Number(values.seconds),
    });
    for (const line of linesOf(measured)) (values.json ? process.stderr : process.stdout).write(`${line}\n`);
    if (values.json) process.stdout.write(`${JSON.stringify(measured)}\n`);
    return stood(measured) ? 0 : 1;
  } finally {
    await stage.close();
  }
}

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
