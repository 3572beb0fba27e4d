import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as core from '@otp-relay/core';
import * as store from '@otp-relay/store';
import pg from 'pg';
import { whole } from '../options.ts';
import { measureLedger, type RowCost } from './measure-ledger.ts';
import { type Modules, openSide, type Side } from './side.ts';

const usage = `pnpm bench ledger [flags]

  --against <dir>   a built checkout of another version: the two take turns
  --batch <n>       rows of one batch (60)
  --rounds <n>      how often each phase is measured (30)
  --json            end with one JSON line on stdout`;

/** What one row costs in CPU, by phase; good to a few per cent. Resolves to the exit code. */
export async function runLedger(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      against: { type: 'string' },
      batch: { type: 'string', default: '60' },
      rounds: { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(`${usage}\n`);
    return 0;
  }
  const options = {
    batch: whole('batch', values.batch, 1, 500),
    rounds: whole('rounds', values.rounds, 1, 1_000),
  };
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const other = values.against === undefined ? undefined : await modulesOf(values.against);
  const dataDir = mkdtempSync(join(tmpdir(), 'otp-relay-bench-'));
  const postgres = await store.embeddedPostgres({ dataDir });
  const admin = new pg.Client({ connectionString: postgres.url });
  const sides: Side[] = [];
  try {
    await admin.connect();
    sides.push(await openSide('this_one', { core, store }, admin, postgres.url));
    if (other) sides.push(await openSide('the_other', other, admin, postgres.url));
    const costs = await measureLedger(sides, options);
    for (const line of linesOf(sides, costs)) say(line);
    if (values.json) process.stdout.write(`${JSON.stringify(costs)}\n`);
    return 0;
  } finally {
    await Promise.all(sides.map((side) => side.close()));
    await admin.end();
    await postgres.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

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
