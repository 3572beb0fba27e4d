import type { Figure, Row, RowContext } from './row.ts';
import { targets } from './targets.ts';

/** Past its budget a program gets this long to come to an end, ms. */
const graceMs = 60_000;

/** What became of one program. `stuck`: it did not come to an end, and what it started may still be up. */
export interface Ran {
  readonly figures: readonly Figure[];
  readonly stuck: boolean;
}

/** Runs one program inside its budget. A program that throws, or overruns, failed in all its figures. */
export async function runRow(row: Row, context: RowContext): Promise<Ran> {
  let timer: NodeJS.Timeout | undefined;
  const overrun = new Promise<Ran>((resolve) => {
    const wholeMs = context.budgetMs + graceMs;
    const why = `no result within ${Math.round(wholeMs / 1_000)} s`;
    timer = setTimeout(() => resolve({ figures: failed(row, why), stuck: true }), wholeMs);
  });
  const running = row.run(context).then(
    (figures): Ran => ({ figures, stuck: false }),
    (fault: unknown): Ran => ({
      figures: failed(row, fault instanceof Error ? fault.message : String(fault)),
      stuck: false,
    }),
  );
  try {
    return await Promise.race([running, overrun]);
  } finally {
    clearTimeout(timer);
  }
}

const failed = (row: Row, why: string): readonly Figure[] =>
  row.rows.map((number) => {
    const promised = targets.find((t) => t.row === number);
    return {
      row: number,
      figure: promised?.figure ?? row.title,
      value: 'no result',
      target: promised?.target ?? '',
      pass: false,
      detail: why,
    };
  });
