import { percentile } from '../percentile.ts';

/** How a process' resident memory went, MB. */
export interface Trend {
  /** The median of each tenth of the time. */
  readonly tenths: readonly number[];
  /** The straight line through all of it, in per cent of the mean per hour. */
  readonly percentPerHour: number;
}

/** `samples` in MB, `everyS` seconds apart. */
export function trendOf(samples: readonly number[], everyS: number): Trend {
  const tenths = Array.from({ length: 10 }, (_, n) =>
    percentile(
      samples.slice(Math.floor((samples.length * n) / 10), Math.ceil((samples.length * (n + 1)) / 10)),
      0.5,
    ),
  );
  const mean = samples.reduce((sum, it) => sum + it, 0) / samples.length;
  const middle = (samples.length - 1) / 2;
  const spread = samples.reduce((sum, _, n) => sum + (n - middle) ** 2, 0);
  const slope = samples.reduce((sum, it, n) => sum + (n - middle) * (it - mean), 0) / spread;
  return { tenths, percentPerHour: ((slope / everyS) * 3_600 * 100) / mean };
}
