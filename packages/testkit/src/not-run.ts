import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Says on stderr, and in `.data/not-run.txt` for CI to find, that a suite could not run. */
export function reportNotRun(suite: string, why: string): void {
  const line = `DID NOT RUN: ${suite} (${why})`;
  process.stderr.write(`\n${line}\n\n`);
  const folder = join(repositoryRoot(process.cwd()), '.data');
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, 'not-run.txt'), `${line}\n`);
}

function repositoryRoot(from: string): string {
  if (existsSync(join(from, 'pnpm-workspace.yaml')) || dirname(from) === from) return from;
  return repositoryRoot(dirname(from));
}
