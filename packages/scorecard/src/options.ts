import { parseArgs } from 'node:util';
import { targets } from './targets.ts';

/** What a run of the scorecard is told. */
export interface Options {
  /** Numbers of the rows to run; undefined: all there are programs for. */
  readonly only: readonly number[] | undefined;
  readonly short: boolean;
  /** End with one JSON line on stdout; everything for people goes to stderr. */
  readonly json: boolean;
  readonly seed: number;
  /** How long one program may take, ms. */
  readonly budgetMs: number;
}

export const usage = `pnpm scorecard [flags]

  --only 1,4       these rows (all)
  --short          the small form that CI runs
  --json           end with one JSON line on stdout
  --seed <n>       every random choice comes from it (the time of day)
  --budget <s>     seconds one program may take (480; 60 with --short)`;

/** Reads the flags; throws a sentence for people. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      seed: { type: 'string' },
      budget: { type: 'string' },
    },
  });
  const { only, short, json, seed, budget } = values;
  return {
    only:
      only === undefined ? undefined : only.split(',').map((text) => whole('only', text, 1, targets.length)),
    short,
    json,
    seed: seed === undefined ? Date.now() % 1_000_000 : whole('seed', seed, 0, 4_294_967_295),
    budgetMs: (budget === undefined ? (short ? 60 : 480) : whole('budget', budget, 1, 86_400)) * 1_000,
  };
}

function whole(flag: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < low || value > high)
    throw new Error(`--${flag} must be a whole number from ${low} to ${high}`);
  return value;
}
