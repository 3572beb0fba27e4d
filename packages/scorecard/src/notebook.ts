import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { page } from './page.ts';
import { merge, type Result } from './result.ts';
import { targets } from './targets.ts';

const docs = (name: string): string => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));

/** Adds results to `docs/scorecard.json` and writes `docs/scorecard.md` anew; rows that did not run keep theirs. */
export function writeDown(fresh: readonly Result[]): void {
  const file = docs('scorecard.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly Result[]) : [];
  const results = merge(kept, fresh);
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(docs('scorecard.md'), page(targets, results));
}
