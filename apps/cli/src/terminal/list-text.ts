import type { VerificationSummary } from '@otp-relay/store';
import { shortSpan } from './spans.ts';
import { type Cell, table } from './table.ts';
import { type Canvas, channelText, deliveryTone } from './verification-text.ts';

export type ListedVerification = VerificationSummary & { readonly tenantId: string };

/** Verifications as a table, in the order given. */
export function listText(
  rows: readonly ListedVerification[],
  canvas: Canvas & { readonly now: () => number },
): string {
  if (rows.length === 0)
    return 'No verifications. Ask for one with: otp send --tenant <id> --phone +14155550100';
  const now = canvas.now();
  return table(
    [
      { title: 'verification' },
      { title: 'tenant', shrinksTo: 6 },
      { title: 'to', shrinksTo: 8 },
      { title: 'purpose', shrinksTo: 7 },
      { title: 'channel' },
      { title: 'tries', align: 'right' },
      { title: 'delivery' },
      { title: 'status' },
      { title: 'age', align: 'right' },
    ],
    rows.map((row) => cellsOf(row, now)),
    canvas,
  );
}

function cellsOf(row: ListedVerification, now: number): Cell[] {
  return [
    { text: row.id },
    { text: row.tenantId },
    { text: row.recipientMasked },
    { text: row.purpose },
    { text: row.channel === null ? '–' : channelText(row.channel, (_, text) => text) },
    { text: String(row.attempts) },
    { text: row.delivery, tone: deliveryTone[row.delivery] },
    { text: row.status, tone: row.status === 'approved' ? 'good' : row.status === 'denied' ? 'bad' : 'dim' },
    { text: shortSpan(now - row.createdAt), tone: 'dim' },
  ];
}
