import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

/** Says on stderr, and in `.data/not-run.txt` for CI to find, that a suite could not run. */
export function reportNotRun(suite: string, why: string): void {
  const line = `DID NOT RUN: ${suite} (${why})`;
  process.stderr.write(`\n${line}\n\n`);
  const folder = join(repositoryRoot(), '.data');
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, 'not-run.txt'), `${line}\n`);
}
