import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the workspace file, at or above `from`; the highest folder when there is none. */
export function repositoryRoot(from = process.cwd()): string {
  if (existsSync(join(from, 'pnpm-workspace.yaml')) || dirname(from) === from) return from;
  return repositoryRoot(dirname(from));
}
