import type { LedgerRow } from './types.ts';

/** A row as this process last wrote it. */
export interface Remembered extends LedgerRow {
  /** How often it had been written by then; a write that expects another number is refused. */
  readonly version: number;
}

/**
 * The verifications this process wrote last and which are still under way. What it remembers may be out of date at any
 * time: it is good for deciding what to write, never for knowing what is.
 */
export interface Recent {
  get(id: string): Remembered | undefined;
  put(row: Remembered): void;
  forget(id: string): void;
}

/** About 10 MB, and the OTPs of several seconds at the highest rate one process reaches. */
const most = 4_000;

export function createRecent(): Recent {
  const rows = new Map<string, Remembered>();
  return {
    get: (id) => rows.get(id),
    put(row) {
      const { id, delivery } = row.verification;
      rows.delete(id);
      if (delivery !== 'queued' && delivery !== 'sending' && delivery !== 'awaiting') return;
      rows.set(id, row);
      const [oldest] = rows.size > most ? rows.keys() : [];
      if (oldest !== undefined) rows.delete(oldest);
    },
    forget: (id) => void rows.delete(id),
  };
}
