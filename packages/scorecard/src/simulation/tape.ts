import type { Random } from '../random.ts';

/** Every choice of a schedule, in order: a schedule is its tape. The first of any alternatives is the quiet one. */
export interface Tape {
  /** A whole number from 0 to `n` - 1. */
  choose(n: number): number;
  /** True in about `percent` of 100 cases. */
  chance(percent: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** The choices made so far. */
  readonly taken: readonly number[];
}

/** A tape that makes its choices up, and remembers them. */
export const recording = (random: Random): Tape => tapeOf((n) => random.int(0, n - 1));

/** A tape that was recorded, perhaps shortened since: what is missing at the end is quiet. */
export function replaying(choices: readonly number[]): Tape {
  let at = 0;
  return tapeOf((n) => {
    const choice = choices[at] ?? 0;
    at += 1;
    return Math.min(choice, n - 1);
  });
}

function tapeOf(source: (n: number) => number): Tape {
  const taken: number[] = [];
  const choose = (n: number): number => {
    const choice = source(n);
    taken.push(choice);
    return choice;
  };
  return {
    taken,
    choose,
    chance: (percent) => choose(100) >= 100 - percent,
    pick: <T>(from: readonly T[]): T => {
      if (from.length === 0) throw new RangeError('there is nothing to pick from');
      return from[choose(from.length)] as T;
    },
  };
}
