import type { Attempt, AttemptState } from '@otp-relay/core';
import type { Playing } from '../demo/play-scenarios.ts';
import { relative } from './spans.ts';
import { type Cell, type Column, table } from './table.ts';
import { type Canvas, channelText, deliveryTone, isAtRest } from './verification-text.ts';

const marks: Readonly<Record<AttemptState, string>> = {
  queued: '·',
  sending: '·',
  accepted: '·',
  sent: '·',
  delivered: '✓',
  read: '✓',
  rejected: '✗',
  undelivered: '✗',
  timed_out: '…',
  uncertain: '…',
  skipped: '–',
  suppressed: '–',
};

const hop = ({ channel, state }: Attempt): string =>
  `${channelText(channel, (_, text) => text)} ${marks[state]}`;

const columns: readonly Column[] = [
  { title: '', align: 'right' },
  { title: 'what happens', shrinksTo: 16 },
  { title: 'channels', shrinksTo: 20 },
  { title: 'delivery' },
  { title: '', align: 'right' },
];

function cellsOf({ scenario, shown }: Playing, index: number, now: number): Cell[] {
  const number: Cell = { text: String(index + 1), tone: 'dim' };
  if (!shown) return [number, { text: scenario.title }];
  const { verification, createdAt, updatedAt } = shown;
  const until = isAtRest(verification) ? updatedAt : now;
  return [
    number,
    { text: scenario.title },
    { text: verification.attempts.map(hop).join(' → ') },
    { text: verification.delivery, tone: deliveryTone[verification.delivery] },
    { text: relative(Math.max(0, until - createdAt)), tone: 'dim' },
  ];
}

const tableOf = (playing: readonly Playing[], now: number, canvas: Canvas): string =>
  table(
    columns,
    playing.map((one, index) => cellsOf(one, index, now)),
    canvas,
  );

/** Shows how far every scenario is: a table that is drawn over itself on a terminal, else a line per change. */
export function progressOf(
  canvas: Canvas & { readonly isTty: boolean; readonly now: () => number },
  print: (text: string) => void,
): (playing: readonly Playing[]) => void {
  return canvas.isTty ? redrawn(canvas, print) : lineByLine(canvas, print);
}

type Drawing = Canvas & { readonly now: () => number };

function redrawn(canvas: Drawing, print: (text: string) => void): (playing: readonly Playing[]) => void {
  let drawn = 0;
  return (playing) => {
    const lines = tableOf(playing, canvas.now(), canvas).split('\n');
    const up = drawn === 0 ? '' : `\u001b[${drawn}A`;
    print(up + lines.map((line) => `\u001b[2K${line}`).join('\n'));
    drawn = lines.length;
  };
}

function lineByLine(canvas: Drawing, print: (text: string) => void): (playing: readonly Playing[]) => void {
  const said = new Map<number, string>();
  return (playing) => {
    for (const [index, { scenario, shown }] of playing.entries()) {
      if (!shown) continue;
      const { verification, createdAt } = shown;
      const hops = `${verification.attempts.map(hop).join(' → ')}  ${verification.delivery}`;
      if (said.get(index) === hops) continue;
      said.set(index, hops);
      const at = relative(Math.max(0, canvas.now() - createdAt)).padStart(7);
      print(`${canvas.paint('dim', at)}  ${index + 1} ${scenario.title}: ${hops}`);
    }
  };
}
