import { parseArgs } from 'node:util';
import { readOptions, whole } from '../options.ts';
import { openStage } from '../stage.ts';
import { measureMemory } from './measure-memory.ts';

const usage = `pnpm bench memory [flags]

  --count <n>   OTPs while memory is looked at, after two minutes of warm-up (200000)
  --rate <n>    OTPs per second (200)
  --json        end with one JSON line on stdout`;

const mostPercentPerHour = 2;

/** Whether api and worker keep their size. Resolves to the exit code. */
export async function runMemory(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '200000' },
      rate: { type: 'string', default: '200' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(`${usage}\n`);
    return 0;
  }
  const count = whole('count', values.count, 1_000, 10_000_000);
  const rate = whole('rate', values.rate, 1, 10_000);
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const stage = await openStage(readOptions([]));
  try {
    const trends = await measureMemory(stage, { count, rate, say });
    for (const [name, { tenths, percentPerHour }] of Object.entries(trends))
      say(
        `${name.padEnd(8)}${tenths.map((mb) => mb.toFixed(0).padStart(5)).join('')} MB by tenths, ${percentPerHour.toFixed(1)} %/h (at most ${mostPercentPerHour})`,
      );
    if (values.json) process.stdout.write(`${JSON.stringify(trends)}\n`);
    return Object.values(trends).every((trend) => trend.percentPerHour <= mostPercentPerHour) ? 0 : 1;
  } finally {
    await stage.close();
  }
}
