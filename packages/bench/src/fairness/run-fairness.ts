import { readOptions } from '../options.ts';
import { onStage, runProgram } from '../program.ts';
import { type Fairness, measureFairness } from './measure-fairness.ts';

const usage = `pnpm bench fairness [flags]

  --backend redis|postgres   where the queues live (redis)
  --waiting <n>              messages the noisy tenant has waiting (20000)
  --rate <n>                 requests per second of the quiet tenant (20)
  --seconds <n>              how long it asks, alone and then beside the noisy one (20)
  --json                     end with one JSON line on stdout`;

/** One tenant with thousands waiting moves another's p99 at most by two. Resolves to the exit code. */
export const runFairness = (args: readonly string[]): Promise<number> =>
  runProgram(
    args,
    {
      usage,
      numbers: { waiting: [20_000, 1, 1_000_000], rate: [20, 1, 10_000], seconds: [20, 1, 3_600] },
      words: { backend: 'redis' },
    },
    ({ numbers, words: { backend = '' } }) =>
      onStage(readOptions(['--backend', backend]), async (stage) => {
        const measured = await measureFairness(stage, numbers);
        const ratio = measured.beside.p99Ms / measured.alone.p99Ms;
        return {
          lines: linesOf(measured, ratio),
          json: { ...measured, ratio: Number(ratio.toFixed(2)) },
          passed: ratio <= 2,
        };
      }),
  );

function linesOf({ alone, beside, waiting, intakeSeconds }: Fairness, ratio: number): string[] {
  const ms = (value: number): string => value.toFixed(0).padStart(8);
  return [
    'quiet tenant, request → provider      p50 ms  p99 ms',
    `  alone                             ${ms(alone.p50Ms)}${ms(alone.p99Ms)}`,
    `  beside ${waiting[0]}…${waiting[1]} waiting`.padEnd(36) + ms(beside.p50Ms) + ms(beside.p99Ms),
    `  p99 is ${ratio.toFixed(2)} times as long (at most 2)`,
    `the noisy tenant's burst was accepted from the public queue in ${intakeSeconds.toFixed(1)} s`,
  ];
}
