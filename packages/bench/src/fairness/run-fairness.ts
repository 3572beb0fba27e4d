import { parseArgs } from 'node:util';
import { readOptions } from '../options.ts';
import { openStage } from '../stage.ts';
import { type Fairness, measureFairness } from './measure-fairness.ts';

const usage = `pnpm bench fairness [flags]

  --backend redis|postgres   where the queues live (redis)
  --waiting <n>              messages the noisy tenant has waiting (20000)
  --rate <n>                 requests per second of the quiet tenant (20)
  --seconds <n>              how long it asks, alone and then beside the noisy one (20)
  --json                     end with one JSON line on stdout`;

/** One tenant with thousands waiting moves another's p99 at most by two. Resolves to the exit code. */
export async function runFairness(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backend: { type: 'string', default: 'redis' },
      waiting: { type: 'string', default: '20000' },
      rate: { type: 'string', default: '20' },
      seconds: { type: 'string', default: '20' },
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
    const measured = await measureFairness(stage, {
      waiting: Number(values.waiting),
      rate: Number(values.rate),
      seconds: Number(values.seconds),
    });
    const ratio = measured.beside.p99Ms / measured.alone.p99Ms;
    for (const line of linesOf(measured, ratio))
      (values.json ? process.stderr : process.stdout).write(`${line}\n`);
    if (values.json)
      process.stdout.write(`${JSON.stringify({ ...measured, ratio: Number(ratio.toFixed(2)) })}\n`);
    return ratio <= 2 ? 0 : 1;
  } finally {
    await stage.close();
  }
}

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
