import { insertInto, type RowOf, recordsOf, rowType } from '../ledger/bulk.ts';
import { storableJson } from '../ledger/storable.ts';

/** One event for one webhook, to be written with the change it tells of. */
export interface OutboxRow {
  /** `evt_<ulid>`, the same for every webhook that is told. */
  readonly id: string;
  readonly tenantId: string;
  readonly webhook: string;
  readonly type: string;
  readonly verificationId: string;
  /** ms since 1970. */
  readonly at: number;
  /** Holds no code and no address. */
  readonly data: unknown;
}

export const newOutboxEvent = rowType('new_outbox_event', {
  tenant_id: 'text',
  id: 'text',
  webhook: 'text',
  type: 'text',
  verification_id: 'text',
  at: 'bigint',
  data: 'jsonb',
  due_at: 'bigint',
});

/** The statement that adds rows to the outbox, all in one parameter; conditions can be added. */
export const insertOutbox = (parameter: number): string =>
  insertInto('otp.outbox', newOutboxEvent, parameter);

export const outboxRecords = (rows: readonly OutboxRow[]): Buffer =>
  recordsOf(newOutboxEvent, rows.map(columnsOf));

/** Due at once, also by a clock that is a little behind the one that said when it happened. */
const clockSlackMs = 250;

const columnsOf = (row: OutboxRow): RowOf<typeof newOutboxEvent> => ({
  tenant_id: row.tenantId,
  id: row.id,
  webhook: row.webhook,
  type: row.type,
  verification_id: row.verificationId,
  at: row.at,
  data: storableJson(row.data),
  due_at: row.at - clockSlackMs,
});
