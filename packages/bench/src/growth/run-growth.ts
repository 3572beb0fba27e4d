import { readOptions } from '../options.ts';
import { onStage, runProgram } from '../program.ts';
import { type Cost, measureGrowth } from './measure-growth.ts';

const usage = `pnpm bench growth [flags]

  --rows <n>    older verifications (5000000; about 1.6 GB of disk per million)
  --count <n>   OTPs measured before and after they are there (3000)
  --json        end with one JSON line on stdout`;

/** One OTP touches so many more pages at most: a level more in each index, not a scan. */
const mostGrowth = 1.5;

/** What an OTP costs must not grow with the tables. Resolves to the exit code. */
export const runGrowth = (args: readonly string[]): Promise<number> =>
  runProgram(
    args,
    { usage, numbers: { rows: [5_000_000, 1_000, 9_000_000], count: [3_000, 100, 100_000] } },
    ({ numbers, say }) =>
      onStage(readOptions(['--statements']), async (stage) => {
        const costs = await measureGrowth(stage, { ...numbers, say });
        const [young, old] = costs;
        const passed = young !== undefined && old !== undefined && old.pages <= young.pages * mostGrowth;
        return { lines: costs.map(lineOf), json: costs, passed };
      }),
  );

const lineOf = ({ rows, perSecond, pages, postgresCpu }: Cost): string =>
  `beside ${rows.toLocaleString('en')} verifications: ${pages.toFixed(0)} pages and ${postgresCpu.toFixed(2)} ms of Postgres' CPU per OTP, ${perSecond.toFixed(0)} OTPs/s`;
