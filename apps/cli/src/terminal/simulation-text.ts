import type { AbuseReport } from '@otp-relay/engine';
import { table } from './table.ts';
import type { Canvas } from './verification-text.ts';

/** What a simulated day came to: what leaked of each attack, and what the rules did to honest people. */
export function simulationText(report: AbuseReport, canvas: Canvas): string {
  const rows = report.attacks.map(({ name, shape, asks, leaked, blockedAfterMs }) => [
    { text: name, tone: 'strong' as const },
    { text: shape, tone: 'dim' as const },
    { text: number(asks) },
    { text: number(leaked) },
    { text: percent(leaked / asks) },
    { text: blockedAfterMs === null ? 'never' : `${(blockedAfterMs / 1_000).toFixed(0)} s` },
  ]);
  const attacks = table(
    [
      { title: 'attack' },
      { title: 'how', shrinksTo: 16 },
      { title: 'asked', align: 'right' },
      { title: 'got out', align: 'right' },
      { title: 'share', align: 'right' },
      { title: 'held after', align: 'right' },
    ],
    rows,
    canvas,
  );
  const line = (isGood: boolean, text: string): string => canvas.paint(isGood ? 'good' : 'bad', text);
  return [
    attacks,
    '',
    line(
      report.leakedShare <= 0.01,
      `attack leakage   ${percent(report.leakedShare)}: ${number(report.leaked)} of ${number(report.attackAsks)} messages, ${report.money.toFixed(2)} EUR at 0.07 each`,
    ),
    line(
      report.falsePositiveShare <= 0.005,
      `false positives  ${percent(report.falsePositiveShare)}: nothing reached ${number(report.falsePositives)} of ${number(report.honestAsks)} honest people; ${number(report.degraded)} more got no SMS but were reached otherwise`,
    ),
    line(
      report.slowestBlockMs <= 60_000,
      `time to block    ${Number.isFinite(report.slowestBlockMs) ? `${(report.slowestBlockMs / 1_000).toFixed(0)} s at most` : 'never, in one attack at least'}, from the moment the line was crossed`,
    ),
    line(report.outsideAllowedCountries === 0, `closed countries ${report.outsideAllowedCountries} messages`),
    canvas.paint('dim', `seed ${report.seed}`),
  ].join('\n');
}

const number = (value: number): string => value.toLocaleString('en-US');
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
