/** One line of a diff, ready to be indented and coloured. Holds no credential. */
export interface DiffLine {
  readonly sign: '+' | '-' | '~';
  readonly depth: number;
  readonly text: string;
}

/** What applying a file means for one tenant. `lines` is empty exactly when nothing changes. */
export interface TenantChange {
  readonly id: string;
  readonly change: 'created' | 'changed' | 'unchanged';
  readonly lines: readonly DiffLine[];
}
