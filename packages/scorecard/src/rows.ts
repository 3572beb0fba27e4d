import type { Row } from './row.ts';

/** Every program of the scorecard, in the order it runs. A row without one is "not run". */
export const rows: readonly Row[] = [];
