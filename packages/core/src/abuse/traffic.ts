/** Codes asked for in a stretch of time, and how many of them were used. */
export interface Traffic {
  readonly sends: number;
  readonly converted: number;
  /** Those of them who had time to use their code. */
  readonly settledSends: number;
  readonly settledConverted: number;
}

export const noTraffic: Traffic = { sends: 0, converted: 0, settledSends: 0, settledConverted: 0 };

/** One more asked for, just now. */
export const oneMore = (traffic: Traffic, more = 1): Traffic => ({ ...traffic, sends: traffic.sends + more });

/** The share that was used; 1 when there were none. */
export const conversionOf = (converted: number, sends: number): number =>
  sends === 0 ? 1 : Math.min(converted / sends, 1);

/** Most people who get a code have used it after this time; judged earlier, everybody would look like a robot. */
export const settleMs = 30_000;

/** How long a rule stands once it spoke; those about ranges of numbers as long as the tenant's `blockMs`. */
export const standsMs = {
  country: 1_800_000,
  provider_fraud: 1_800_000,
  not_requested: 86_400_000,
  wrong_checks: 600_000,
} as const;

/** How finely time is cut, and how far back is looked: of a range of numbers, of a country, and for what is usual there. */
export const slots = {
  prefix: { slotMs: 15_000, windowMs: 600_000 },
  country: { slotMs: 20_000, windowMs: 3_600_000, recentMs: 600_000 },
  usual: { slotMs: 86_400_000, windowMs: 604_800_000 },
} as const;

/** The beginning of the slot an instant is in. */
export const slotOf = (at: number, slotMs: number): number => at - (at % slotMs);

/**
 * How many numbers are in the run around `line`: each at most `distance` from the next. `lines` may repeat and come in any
 * order; `line` is one of them.
 */
export function runAround(line: number, lines: readonly number[], distance: number): number {
  const sorted = [...new Set([...lines, line])].sort((one, other) => one - other);
  const middle = sorted.indexOf(line);
  let from = middle;
  while (from > 0 && gap(sorted, from) <= distance) from -= 1;
  let to = middle;
  while (to < sorted.length - 1 && gap(sorted, to + 1) <= distance) to += 1;
  return to - from + 1;
}

const gap = (sorted: readonly number[], index: number): number =>
  (sorted[index] ?? 0) - (sorted[index - 1] ?? 0);
