import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as core from '@otp-relay/core';
import * as store from '@otp-relay/store';
import { readOptions } from '../options.ts';
import { onStage, runProgram } from '../program.ts';
import { measureLedger, type RowCost } from './measure-ledger.ts';
import { type Modules, openSide, type Side } from './side.ts';

const usage = `pnpm bench ledger [flags]

  --against <dir>   a built checkout of another version: the two take turns
  --batch <n>       rows of one batch (60)
  --rounds <n>      how often each phase is measured (30)
  --json            end with one JSON line on stdout`;

/** What one row costs in CPU, by phase; good to a few per cent. Resolves to the exit code. */
export const runLedger = (args: readonly string[]): Promise<number> =>
  runProgram(
    args,
    { usage, numbers: { batch: [60, 1, 500], rounds: [30, 1, 1_000] }, words: { against: undefined } },
    async ({ numbers, words: { against } }) => {
      const other = against === undefined ? undefined : await modulesOf(against);
      // The queues are not asked, so Postgres alone will do.
      return onStage(readOptions(['--backend', 'postgres']), async ({ database, databaseUrl }) => {
        const sides: Side[] = [];
        try {
          sides.push(await openSide('this_one', { core, store }, database, databaseUrl));
          if (other) sides.push(await openSide('the_other', other, database, databaseUrl));
          const costs = await measureLedger(sides, numbers);
          return { lines: linesOf(sides, costs), json: costs, passed: true };
        } finally {
          await Promise.all(sides.map((side) => side.close()));
        }
      });
    },
  );

async function modulesOf(dir: string): Promise<Modules> {
  const load = async (name: string): Promise<unknown> =>
    import(pathToFileURL(resolve(dir, `packages/${name}/dist/index.js`)).href);
  return { core: await load('core'), store: await load('store') } as Modules;
}

function linesOf(sides: readonly Side[], costs: readonly RowCost[]): string[] {
  const cell = (us: number): string => us.toFixed(0).padStart(9);
  const line = (name: string, of: (cost: RowCost) => { postgres: number; process: number }): string =>
    name.padEnd(16) +
    costs.map((cost) => `${cell(of(cost).postgres)} /${cell(of(cost).process)}`).join('   ');
  const phases = Object.keys(costs[0] ?? {});
  const sum = (cost: RowCost, who: 'postgres' | 'process'): number =>
    Object.values(cost).reduce((total, one) => total + one[who], 0);
  return [
    'CPU per row, µs, Postgres / process',
    ' '.repeat(16) + sides.map((side) => side.name.padStart(20)).join('   '),
    ...phases.map((phase) =>
      line(phase, (cost) => cost[phase] ?? { postgres: Number.NaN, process: Number.NaN }),
    ),
    line('together', (cost) => ({ postgres: sum(cost, 'postgres'), process: sum(cost, 'process') })),
  ];
}
