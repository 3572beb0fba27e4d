import { parseArgs } from 'node:util';
import { readOptions, whole } from '../options.ts';
import { openStage } from '../stage.ts';
import { type Cost, measureGrowth } from './measure-growth.ts';

const usage = `pnpm bench growth [flags]

  --rows <n>    older verifications (5000000; about 1.6 GB of disk per million)
  --count <n>   OTPs measured before and after they are there (3000)
  --json        end with one JSON line on stdout`;

/** One OTP touches so many more pages at most: a level more in each index, not a scan. */
const mostGrowth = 1.5;

/** What an OTP costs must not grow with the tables. Resolves to the exit code. */
export async function runGrowth(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '5000000' },
      count: { type: 'string', default: '3000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(`${usage}\n`);
    return 0;
  }
  const rows = whole('rows', values.rows, 1_000, 9_000_000);
  const count = whole('count', values.count, 100, 100_000);
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const stage = await openStage(readOptions(['--statements']));
  try {
    const costs = await measureGrowth(stage, { rows, count, say });
    for (const cost of costs) say(lineOf(cost));
    if (values.json) process.stdout.write(`${JSON.stringify(costs)}\n`);
    const [young, old] = costs;
    return young && old && old.pages <= young.pages * mostGrowth ? 0 : 1;
  } finally {
    await stage.close();
  }
}

const lineOf = ({ rows, perSecond, pages, postgresCpu }: Cost): string =>
  `beside ${rows.toLocaleString('en')} verifications: ${pages.toFixed(0)} pages and ${postgresCpu.toFixed(2)} ms of Postgres' CPU per OTP, ${perSecond.toFixed(0)} OTPs/s`;
