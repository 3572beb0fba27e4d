/** What a row is told when it runs. */
export interface RowContext {
  /** Every random choice comes from it, so that a run can be had again. */
  readonly seed: number;
  /** The form that runs in CI: small enough for a minute on two cores. */
  readonly short: boolean;
  readonly log: (progress: string) => void;
  /** How long the row may take, ms; it sizes or stops itself. */
  readonly budgetMs: number;
}

/** One measured figure. `row` is its number in `targets.ts`. */
export interface Figure {
  readonly row: number;
  readonly figure: string;
  readonly value: number | string;
  readonly target: string;
  readonly pass: boolean;
  /** Measured at a smaller size than is promised; `figure` tells which. */
  readonly bounded?: boolean;
  /** What was run and what fell short, in a line. */
  readonly detail?: string;
}

/** A program that measures one or more figures of the scorecard over real processes, and cleans up after itself. */
export interface Row {
  /** The figures it gives, e.g. `[1, 2, 3]`. */
  readonly rows: readonly number[];
  readonly title: string;
  /** Runs in CI, in its short form. */
  readonly quick: boolean;
  readonly run: (context: RowContext) => Promise<readonly Figure[]>;
}
