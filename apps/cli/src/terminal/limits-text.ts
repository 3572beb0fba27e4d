import type { LimitLine, LimitsSeen } from '@otp-relay/engine';
import { shortSpan } from './spans.ts';
import { type Cell, table } from './table.ts';
import type { Canvas } from './verification-text.ts';

type Seen = Extract<LimitsSeen, { kind: 'seen' }>;

/** What is used of each limit, then what was refused. */
export function limitsText(
  { lines, refusals }: Seen,
  canvas: Canvas & { readonly now: () => number },
): string {
  const head = lines.length === 0 ? 'This has no limit.' : linesTable(lines, canvas);
  return `${head}\n\n${refusals.length === 0 ? 'Nothing was refused in the last 24 hours.' : refusalsTable(refusals, canvas)}`;
}

const words: Readonly<Record<string, string>> = {
  ten_minutes: 'in ten minutes',
  day: 'in 24 hours',
  hour: 'in an hour',
  recipients: 'recipients in an hour',
  cool_down: 'cool-down',
  tenant_second: 'this second',
  tenant_minute: 'this minute',
  tenant_day: 'today (UTC)',
};

const linesTable = (lines: readonly LimitLine[], canvas: Canvas): string =>
  table(
    [
      { title: 'limit' },
      { title: 'of', shrinksTo: 8 },
      { title: 'window' },
      { title: 'used', align: 'right' },
      { title: 'of at most', align: 'right' },
      { title: 'next' },
    ],
    lines.map((line) => [
      { text: line.kind },
      { text: line.shown },
      { text: words[line.window] ?? line.window },
      { text: String(line.used), tone: line.used >= line.max ? ('bad' as const) : ('strong' as const) },
      { text: String(line.max) },
      nextOf(line),
    ]),
    canvas,
  );

function nextOf({ freeAfterMs }: LimitLine): Cell {
  if (freeAfterMs === null) return { text: 'never', tone: 'bad' };
  return freeAfterMs === 0
    ? { text: 'now', tone: 'good' }
    : { text: `in ${shortSpan(freeAfterMs)}`, tone: 'warn' };
}

const refusalsTable = (refusals: Seen['refusals'], canvas: Canvas & { readonly now: () => number }): string =>
  table(
    [
      { title: 'refused' },
      { title: 'of', shrinksTo: 8 },
      { title: 'by' },
      { title: 'times', align: 'right' },
      { title: 'last' },
    ],
    refusals.map((it) => [
      { text: it.code },
      { text: it.shown === '' ? it.tenantId : it.shown },
      { text: words[it.limit] ?? it.limit },
      { text: String(it.count), tone: 'strong' as const },
      { text: `${shortSpan(canvas.now() - it.lastAt)} ago`, tone: 'dim' as const },
    ]),
    canvas,
  );
