import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** Where and of what a figure was measured: a number without these is a rumour. */
export interface Place {
  /** Short hash; `+` when the working tree had changes. */
  readonly commit: string;
  readonly machine: string;
}

export function whereWeAre(): Place {
  const git = (...args: string[]): string =>
    spawnSync('git', args, { encoding: 'utf8' }).stdout?.trim() ?? '';
  const commit = git('rev-parse', '--short', 'HEAD') || 'unknown';
  const changed = git('status', '--porcelain', '-uno', '--', 'apps', 'packages') === '' ? '' : '+';
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return {
    commit: `${commit}${changed}`,
    machine: `${cpus().length} × ${cpu?.model.trim() || 'unknown CPU'}, ${gigabytes} GB, Node ${process.version}`,
  };
}
