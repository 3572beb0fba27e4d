import type { Work } from './meters/meters.ts';
import type { Profiled } from './profile/profiles.ts';
import type { SelfTime } from './profile/self-times.ts';

/** One side of the comparison. */
export interface Measured {
  readonly perSecond: number;
  /** NaN when the latency run was left out. */
  readonly dispatchP50Ms: number;
  readonly dispatchP99Ms: number;
  readonly work: Work;
  readonly profiled?: readonly Profiled[];
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** What was measured; either side may have been left out. */
export interface Sides {
  readonly lifecycle?: Measured;
  readonly baseline?: Measured;
}

/**
 * Two runs of one side as one, the work of the first. The bare loop runs before and after the lifecycle: the machine's own
 * speed changes within a minute by more than what is to be measured.
 */
export const meanOf = (one: Measured, other: Measured): Measured => ({
  ...one,
  perSecond: 2 / (1 / one.perSecond + 1 / other.perSecond),
  dispatchP50Ms: (one.dispatchP50Ms + other.dispatchP50Ms) / 2,
  dispatchP99Ms: (one.dispatchP99Ms + other.dispatchP99Ms) / 2,
});

/** What `--json` prints; times are null when the latency run was left out. */
export const jsonOf = ({ lifecycle, baseline }: Sides, backend: string): object => ({
  ...(lifecycle && {
    lifecyclePerSecond: round(lifecycle.perSecond, 1),
    dispatchP50Ms: round(lifecycle.dispatchP50Ms, 1),
    dispatchP99Ms: round(lifecycle.dispatchP99Ms, 1),
  }),
  ...(baseline && {
    baselinePerSecond: round(baseline.perSecond, 1),
    baselineDispatchP50Ms: round(baseline.dispatchP50Ms, 1),
    baselineDispatchP99Ms: round(baseline.dispatchP99Ms, 1),
  }),
  ...(lifecycle && baseline && { ratio: round(lifecycle.perSecond / baseline.perSecond, 3) }),
  backend,
});

/** The table for people, a line each. */
export function linesOf({ lifecycle, baseline }: Sides): string[] {
  const sides = [lifecycle, baseline].filter((side) => side !== undefined);
  const names = [lifecycle && 'lifecycle', baseline && 'baseline'].filter((name) => name !== undefined);
  const row = (name: string, value: (side: Measured) => string): string =>
    `  ${name.padEnd(34)}${sides.map((side) => value(side).padStart(12)).join('')}`;
  const number = (value: number, digits = 1): string =>
    Number.isFinite(value) ? value.toLocaleString('en', { maximumFractionDigits: digits }) : '–';
  const processes = [...new Set(sides.flatMap((side) => Object.keys(side.work.cpu)))];
  return [
    `  ${''.padEnd(34)}${names.map((n) => n.padStart(12)).join('')}`,
    row('OTPs per second', (side) => number(side.perSecond, 0)),
    row('enqueue → provider, p50 ms', (side) => number(side.dispatchP50Ms)),
    row('enqueue → provider, p99 ms', (side) => number(side.dispatchP99Ms)),
    ...(lifecycle && baseline
      ? [`  ${'ratio'.padEnd(34)}${number(lifecycle.perSecond / baseline.perSecond, 2).padStart(12)}`]
      : []),
    '  per OTP:',
    row('  Redis commands', (side) => (side.work.redis ? number(side.work.redis.commands) : '–')),
    row('    of them scripts called', (side) => (side.work.redis ? number(side.work.redis.scripts) : '–')),
    row('  Postgres transactions', (side) => number(side.work.postgres.transactions, 2)),
    row('  Postgres WAL, kB', (side) => number(side.work.postgres.walBytes / 1_024)),
    '  CPU seconds per 1,000 OTPs:',
    ...processes.map((name) => row(`  ${name}`, (side) => number(side.work.cpu[name] ?? Number.NaN, 2))),
    row('  together', (side) => number(sum(Object.values(side.work.cpu)), 2)),
    '  MB resident, by thirds of the run:',
    ...sides.flatMap(({ work }) =>
      Object.entries(work.rss).map(
        ([name, thirds]) => `    ${name.padEnd(32)}${thirds.map((mb) => number(mb, 0).padStart(6)).join('')}`,
      ),
    ),
    ...(lifecycle ? detailsOf(lifecycle) : []),
  ];
}

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);

function detailsOf({ work, profiled = [] }: Measured): string[] {
  const { redis, postgres } = work;
  return [
    ...(redis
      ? [`  Redis per OTP: ${redis.top.map(([name, n]) => `${name} ${n.toFixed(1)}`).join(', ')}`]
      : []),
    ...(postgres.statements.length > 0 ? ['  SQL: ms per 1,000 OTPs, calls per OTP, rows per call'] : []),
    ...postgres.statements.map(
      ({ text, callsPerOtp, rowsPerCall, msPerThousand }) =>
        `  ${msPerThousand.toFixed(1).padStart(8)} ${callsPerOtp.toFixed(3).padStart(7)} ${rowsPerCall.toFixed(1).padStart(7)}  ${text}`,
    ),
    ...profiled.flatMap(({ name, file, packages, top }) => [
      `  ${name}: by package (${file})`,
      ...packages.map(timeLine),
      `  ${name}: by function, its own time`,
      ...top.map(timeLine),
    ]),
  ];
}

const timeLine = ({ where, ms, share }: SelfTime): string =>
  `  ${(share * 100).toFixed(1).padStart(5)} % ${ms.toFixed(0).padStart(6)} ms  ${where}`;
