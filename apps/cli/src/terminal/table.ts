import type { Paint, Tone } from './paint.ts';
import { clip, padEnd, padStart, printable, width } from './width.ts';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Gives way when the terminal is narrow, down to this many columns. Columns without it never shrink. */
  readonly shrinksTo?: number;
}

const gap = '  ';

/** Rows under dim titles, columns as wide as they need; what does not fit the terminal is clipped with an ellipsis. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { paint, columns: terminalColumns }: { readonly paint: Paint; readonly columns: number },
): string {
  const widths = fit(columns, naturalWidths(columns, rows), terminalColumns);
  const titles = columns.map(({ title }): Cell => ({ text: title, tone: 'dim' }));
  return [titles, ...rows]
    .map((cells) => columns.map((column, i) => draw(cells[i] ?? { text: '' }, column, widths[i] ?? 0, paint)))
    .map((cells) => cells.join(gap).trimEnd())
    .join('\n');
}

function draw({ text, tone = 'plain' }: Cell, column: Column, columns: number, paint: Paint): string {
  const clipped = clip(printable(text), columns);
  const padded = column.align === 'right' ? padStart(clipped, columns) : padEnd(clipped, columns);
  return padded.replace(clipped, () => paint(tone, clipped));
}

const naturalWidths = (columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] =>
  columns.map(({ title }, i) => Math.max(width(title), ...rows.map((row) => width(row[i]?.text ?? ''))));

/** Takes what is too much from the widest column that may shrink, again and again. */
function fit(columns: readonly Column[], natural: readonly number[], terminalColumns: number): number[] {
  const widths = [...natural];
  const available = terminalColumns - gap.length * (columns.length - 1);
  let excess = widths.reduce((sum, w) => sum + w, 0) - available;
  while (excess > 0) {
    const spare = columns.map(({ shrinksTo }, i) =>
      shrinksTo === undefined ? 0 : (widths[i] ?? 0) - shrinksTo,
    );
    const most = Math.max(...spare);
    if (most <= 0) return widths;
    const index = spare.indexOf(most);
    widths[index] = (widths[index] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}
