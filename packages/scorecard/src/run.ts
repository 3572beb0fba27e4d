import { writeDown } from './notebook.ts';
import { type Options, readOptions, usage } from './options.ts';
import { whereWeAre } from './place.ts';
import type { Result } from './result.ts';
import { rows } from './rows.ts';
import { runRow } from './run-row.ts';
import { table } from './table.ts';
import { targets } from './targets.ts';

/** Runs the scorecard and writes it down; resolves to the exit code: 0 only when everything that ran passed. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  let options: Options;
  try {
    options = readOptions(args);
  } catch (fault) {
    process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n${usage}\n`);
    return 2;
  }
  const say = (line: string): void =>
    void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const results = await runAll(options, say);
  const ran = new Set(results.map((r) => r.row));
  const wanted = targets.map((t) => t.row).filter((row) => !options.only || options.only.includes(row));
  const notRun = wanted.filter((row) => !ran.has(row));
  for (const line of table(results, notRun)) say(line);
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  return results.some((r) => !r.pass) || (options.only && notRun.length > 0) ? 1 : 0;
}

async function runAll(options: Options, say: (line: string) => void): Promise<readonly Result[]> {
  const { seed, short, budgetMs, only } = options;
  const { commit, machine } = whereWeAre();
  const form = short ? 'short' : 'full';
  say(`scorecard, ${form}, seed ${seed}, ${commit}, ${machine}`);
  const results: Result[] = [];
  for (const row of rows) {
    if (only ? !row.rows.some((number) => only.includes(number)) : short && !row.quick) continue;
    say(`${row.rows.join(', ')}: ${row.title} …`);
    const startedAt = Date.now();
    const log = (progress: string): void => say(`  ${seconds(startedAt)} s  ${progress}`);
    const { figures, stuck } = await runRow(row, { seed, short, log, budgetMs });
    const took = seconds(startedAt);
    const at = new Date().toISOString();
    const fresh = figures.map(
      (figure): Result => ({ ...figure, form, seed, seconds: took, at, commit, machine }),
    );
    // After every program: what was measured survives a Ctrl-C.
    writeDown(fresh);
    results.push(...fresh);
    if (stuck) break;
  }
  return results;
}

const seconds = (since: number): number => Math.round((Date.now() - since) / 1_000);
