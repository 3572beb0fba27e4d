/** Chance that can be repeated: the same seed gives the same numbers. */
export interface Chance {
  /** From 0 to 1, 1 not included. */
  next(): number;
  /** A whole number from 0 to `below`, not included. */
  below(below: number): number;
  pick<T>(values: readonly T[]): T;
  /** `length` decimal digits. */
  digits(length: number): string;
}

/** Mulberry32: small, fast, good enough for traffic that only has to look unplanned. */
export function seeded(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: <T>(values: readonly T[]): T => values[below(values.length)] as T,
    digits: (length) => Array.from({ length }, () => below(10)).join(''),
  };
}
