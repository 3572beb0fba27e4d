import { insertOutbox, type OutboxRow, outboxRecords } from './outbox-row.ts';

/**
 * A statement of the ledger that also writes events, in the same commit; the statement as it is when there are none, so that
 * tenants without webhooks pay nothing. `among` names the part of the statement that says which verifications were written.
 */
export function withOutbox(
  statement: { readonly name: string; readonly text: string },
  values: readonly unknown[],
  rows: readonly OutboxRow[],
  among?: string,
): { readonly name: string; readonly text: string; readonly values: unknown[] } {
  if (rows.length === 0) return { ...statement, values: [...values] };
  const only = among === undefined ? '' : ` where verification_id in (select id from ${among})`;
  // Recursive only so that a part may name one that comes after it.
  const first = `with recursive published as (${insertOutbox(values.length + 1)}${only}), `;
  return {
    name: `${statement.name}-outbox`,
    text: statement.text.replace(/^with /, first),
    values: [...values, outboxRecords(rows)],
  };
}
