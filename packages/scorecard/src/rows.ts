import type { Row } from './row.ts';
import { killWorkersRow } from './rows/kill-workers.ts';

/** Every program of the scorecard, in the order it runs. A row without one is "not run". */
export const rows: readonly Row[] = [
  killWorkersRow, // 1, 2, 3
];
