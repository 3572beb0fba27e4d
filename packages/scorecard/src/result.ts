import type { Figure } from './row.ts';

/** A figure with everything needed to get it again. What `docs/scorecard.json` keeps. */
export interface Result extends Figure {
  readonly form: 'full' | 'short';
  readonly seed: number;
  /** How long its program took, with every other figure it gave. */
  readonly seconds: number;
  /** Of the end of the run, ISO 8601. */
  readonly at: string;
  readonly commit: string;
  readonly machine: string;
}

/**
 * The results to keep: what was just measured replaces its row, the rest stays. A short run says less than a full one
 * and replaces it only with a failure.
 */
export function merge(kept: readonly Result[], fresh: readonly Result[]): readonly Result[] {
  const full = new Set(kept.filter((r) => r.form === 'full').map((r) => r.row));
  const failed = new Set(fresh.filter((r) => !r.pass).map((r) => r.row));
  const news = fresh.filter((r) => r.form === 'full' || !full.has(r.row) || failed.has(r.row));
  const replaced = new Set(news.map((r) => r.row));
  return [...kept.filter((r) => !replaced.has(r.row)), ...news].sort((a, b) => a.row - b.row);
}
