import type { Verification } from '@otp-relay/core';
import type { LedgerRow } from './types.ts';

/** A row as this process last wrote it. */
export interface Remembered extends LedgerRow {
  /** How often it had been written by then; a write that expects another number is refused. */
  readonly version: number;
}

/**
 * The verifications whose next event comes to this process, as it wrote them last: a call was granted to it, or a receipt
 * came in. What it remembers may be out of date at any time: it is good for deciding what to write, never for knowing what
 * is. Everything else is forgotten at once: memory that lives for seconds is what garbage collection costs most for.
 */
export interface Recent {
  get(id: string): Remembered | undefined;
  /** Remembers or forgets a row that was just written or read; `before` as it was then, absent when it is new. */
  put(row: Remembered, before?: Verification): void;
  forget(id: string): void;
}

/** About 10 MB, and the OTPs of several seconds at the highest rate one process reaches. */
const most = 4_000;

export function createRecent(): Recent {
  const rows = new Map<string, Remembered>();
  return {
    get: (id) => rows.get(id),
    put(row, before) {
      const { id, delivery } = row.verification;
      rows.delete(id);
      const isAnswered = delivery === 'awaiting' && before?.delivery === 'awaiting';
      if (delivery !== 'sending' && !isAnswered) return;
      rows.set(id, row);
      const [oldest] = rows.size > most ? rows.keys() : [];
      if (oldest !== undefined) rows.delete(oldest);
    },
    forget: (id) => void rows.delete(id),
  };
}
