import type { Figure } from './row.ts';

/** The readable table at the end of a run; what was not run is said too. */
export function table(figures: readonly Figure[], notRun: readonly number[]): readonly string[] {
  const lines = figures.map((f) => [
    f.pass ? 'pass' : 'FAIL',
    String(f.row),
    f.figure,
    String(f.value),
    `(${f.target})`,
  ]);
  const width = (column: number): number => Math.max(0, ...lines.map((line) => line[column]?.length ?? 0));
  return [
    ...lines.map((line) =>
      `  ${line.map((text, column) => text.padEnd(width(column))).join('  ')}`.trimEnd(),
    ),
    ...figures.filter((f) => f.detail).map((f) => `  ${f.row}: ${f.detail}`),
    ...(notRun.length > 0 ? [`  not run: ${notRun.join(', ')}`] : []),
  ];
}
