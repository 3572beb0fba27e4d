import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { measureBaseline } from './baseline/measure-baseline.ts';
import { measureLifecycle } from './lifecycle/measure-lifecycle.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { jsonOf, linesOf, meanOf, type Sides } from './report.ts';
import { openStage, type Stage } from './stage.ts';

/** Runs one bench and prints it; resolves to the exit code. */
export async function run(
  command: 'lifecycle' | 'baseline' | undefined,
  args: readonly string[],
): Promise<number> {
  if (command === undefined || args.includes('--help')) {
    process.stderr.write(`${usage}\n`);
    return command === undefined ? 2 : 0;
  }
  let stage: Stage | undefined;
  try {
    const options = readOptions(args);
    const say = (line: string): void =>
      void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
    say(about(command, options));
    stage = await openStage(options);
    // A reader such as `head` that has seen enough must not keep the servers from being stopped.
    process.stdout.on('error', () => undefined);
    const load = `${options.count} OTPs, then ${options.rate}/s for ${options.seconds} s …`;
    const sides: { -readonly [S in keyof Sides]: Sides[S] } = {};
    if (!(options.alone && command === 'lifecycle')) {
      say(`bare BullMQ loop: ${load}`);
      sides.baseline = await measureBaseline(stage, options);
    }
    if (command === 'lifecycle') {
      say(`lifecycle: ${load}`);
      sides.lifecycle = await measureLifecycle(stage, options);
      if (sides.baseline) {
        say(`bare BullMQ loop again: ${load}`);
        sides.baseline = meanOf(sides.baseline, await measureBaseline(stage, options));
      }
    }
    for (const line of linesOf(sides)) say(line);
    if (options.json) process.stdout.write(`${JSON.stringify(jsonOf(sides, options.backend))}\n`);
    return 0;
  } catch (fault) {
    process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    return 1;
  } finally {
    await stage?.close();
  }
}

/** Where and what was measured: a number without these is a rumour. */
function about(command: string, options: BenchOptions): string {
  const git = (...args: string[]): string =>
    spawnSync('git', args, { encoding: 'utf8' }).stdout?.trim() ?? '';
  const commit = git('rev-parse', '--short', 'HEAD') || 'unknown commit';
  const dirty = git('status', '--porcelain', '-uno') === '' ? '' : ' with changes';
  const [cpu] = cpus();
  return [
    `${command} on ${options.backend}, ${new Date().toISOString().slice(0, 16)}Z, ${commit}${dirty}`,
    `${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, Node ${process.version}, ${process.platform} ${process.arch}`,
    `provider: sent after 20 ms, delivered after 60 ms, receipts gathered for ${options.batchMs} ms (bare loop: one webhook each), no limits`,
    `${options.workers} worker process(es), 1 api; Postgres with fsync${options.backend === 'redis' ? ', Redis with appendonly' : ''}`,
  ].join('\n');
}
