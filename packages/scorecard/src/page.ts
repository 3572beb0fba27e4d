import type { Result } from './result.ts';
import type { Target } from './targets.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** `docs/scorecard.md`: every promise with what was measured, or "not run". */
export function page(targets: readonly Target[], results: readonly Result[]): string {
  const rows = targets.flatMap((target) => {
    const measured = results.filter((r) => r.row === target.row);
    return measured.length === 0 ? [notRun(target)] : measured.map(measuredLine);
  });
  const details = results.filter((r) => r.detail).map((r) => `- **${r.row}** ${r.detail}`);
  return `${[
    '# Scorecard',
    '',
    'Written by `pnpm scorecard`; do not edit. Every figure comes from a program in `packages/scorecard` over real',
    'processes, and is joined from what clients were told, what the ledger says and what the simulator received.',
    '"Lost": accepted, and neither accepted by a provider while the code lived nor ended in an explicit failure',
    'reported to the tenant. A row that was not run says so. "bounded": smaller than is promised, so not yet the promise.',
    'A `+` after a commit: there were changes on top of it.',
    '',
    line(['#', 'figure', 'value', 'target', '', 'form', 'seed', 'took', 'date', 'commit', 'machine']),
    line(Array.from({ length: 11 }, () => '---')),
    ...rows,
    ...(details.length > 0 ? ['', '## What was run', '', ...details] : []),
  ].join('\n')}\n`;
}

const notRun = ({ row, figure, target }: Target): string =>
  line([String(row), figure, 'not run', target, '', '', '', '', '', '', '']);

const measuredLine = (r: Result): string =>
  line([
    String(r.row),
    r.figure,
    String(r.value),
    r.target,
    r.pass ? 'pass' : '**FAIL**',
    r.bounded && r.form === 'full' ? 'bounded' : r.form,
    String(r.seed),
    `${r.seconds} s`,
    r.at.slice(0, 10),
    r.commit,
    r.machine,
  ]);
