import type { FailureClass } from '@otp-relay/core';
import { failureKinds } from '@otp-relay/core';
import type { FailureTable } from '../failures.ts';

/** One line of a provider's error page with our judgement of it: `fixtures/codes.json`. */
export interface CodeLine {
  readonly code: string;
  readonly title: string;
  readonly class: 'permanent' | 'retryable' | 'n/a';
  readonly scope: string;
  readonly retry: string;
  readonly fallback: string;
}

/** The failure class the judgement asks for; undefined when the code never concerns us. */
export function expectedClass({ class: kind, scope, retry, fallback }: CodeLine): FailureClass | undefined {
  if (kind === 'n/a') return undefined;
  if (fallback.startsWith('DO NOT')) return 'policy';
  if (fallback === 'skip all phone channels') return 'address';
  if (kind === 'retryable') {
    if (fallback === 'now-if-deadline' || fallback === 'after-retry') return 'transient';
    if (/^no \((hours|next day|24 h)\)$/.test(retry) || retry.startsWith('yes')) return 'setup';
    return 'channel';
  }
  return scope.startsWith('recipient') || scope === 'country' || scope === 'content+sender'
    ? 'channel'
    : 'setup';
}

/** The class a table gives a code; undefined when it has no such line. */
export const classIn = (table: FailureTable, code: string): FailureClass | undefined => {
  const row = table[code];
  return row && failureKinds[row[0]][0];
};
