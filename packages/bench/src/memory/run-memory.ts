import { readOptions } from '../options.ts';
import { onStage, runProgram } from '../program.ts';
import { measureMemory } from './measure-memory.ts';
import type { Trend } from './trend.ts';

const usage = `pnpm bench memory [flags]

  --count <n>   OTPs while memory is looked at, after two minutes of warm-up (200000)
  --rate <n>    OTPs per second (200)
  --json        end with one JSON line on stdout`;

const mostPercentPerHour = 2;

/** Whether api and worker keep their size. Resolves to the exit code. */
export const runMemory = (args: readonly string[]): Promise<number> =>
  runProgram(
    args,
    { usage, numbers: { count: [200_000, 1_000, 10_000_000], rate: [200, 1, 10_000] } },
    ({ numbers, say }) =>
      onStage(readOptions([]), async (stage) => {
        const trends = await measureMemory(stage, { ...numbers, say });
        return {
          lines: Object.entries(trends).map(lineOf),
          json: trends,
          passed: Object.values(trends).every((trend) => trend.percentPerHour <= mostPercentPerHour),
        };
      }),
  );

const lineOf = ([name, { tenths, percentPerHour }]: readonly [string, Trend]): string =>
  `${name.padEnd(8)}${tenths.map((mb) => mb.toFixed(0).padStart(5)).join('')} MB by tenths, ${percentPerHour.toFixed(1)} %/h (at most ${mostPercentPerHour})`;
