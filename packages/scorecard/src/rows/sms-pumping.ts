import { type AbuseReport, simulateAbuse } from '@otp-relay/engine';
import type { Figure, Row } from '../row.ts';

const fullSeeds = 5;

/** Targets of the row. */
const most = { leaked: 0.01, falsePositives: 0.005, blockMs: 60_000 } as const;

/**
 * A day of 20,000 honest people and eight attacks whose truth is known, against the real rules in virtual time. One seed
 * in CI, several in full: the worst of them counts.
 */
export const smsPumping: Row = {
  rows: [24],
  title: 'SMS pumping: a day of honest people and attacks, played to the rules',
  quick: true,
  async run({ seed, short, budgetMs, log }) {
    const until = Date.now() + budgetMs;
    const reports: AbuseReport[] = [];
    const wanted = short ? 1 : fullSeeds;
    for (let index = 0; index < wanted && Date.now() < until; index += 1) {
      const report = await simulateAbuse({ seed: seed + index });
      log(sayOf(report));
      reports.push(report);
    }
    return [figureOf(reports, wanted)];
  },
};

function figureOf(reports: readonly AbuseReport[], wanted: number): Figure {
  const worst = (of: (report: AbuseReport) => number): number => Math.max(...reports.map(of));
  const leaked = worst((report) => report.leakedShare);
  const falsePositives = worst((report) => report.falsePositiveShare);
  const blockMs = worst((report) => report.slowestBlockMs);
  const outside = worst((report) => report.outsideAllowedCountries);
  const [first] = reports;
  return {
    row: 24,
    figure: 'SMS-pumping simulation',
    value: `attack messages ${percent(leaked)}, false positives ${percent(falsePositives)}, block ${seconds(blockMs)}, non-allowed countries ${outside}`,
    target: 'attack messages ≤ 1 %, false positives ≤ 0.5 %, block ≤ 60 s, non-allowed countries 0',
    pass:
      reports.length === wanted &&
      leaked <= most.leaked &&
      falsePositives <= most.falsePositives &&
      blockMs <= most.blockMs &&
      outside === 0,
    detail: `${first?.honestAsks ?? 0} honest requests and ${first?.attackAsks ?? 0} of attacks, ${reports.length} seeds, the worst of each; ${worst((report) => report.degraded)} honest people got no SMS but were reached otherwise`,
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;

const sayOf = (report: AbuseReport): string =>
  `seed ${report.seed}: ${report.attacks.map(({ name, leaked, asks }) => `${name} ${leaked} of ${asks}`).join(', ')}`;
