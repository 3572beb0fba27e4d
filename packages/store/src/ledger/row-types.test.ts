import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bucket } from '../buckets/reserve.ts';
import { newOutboxEvent } from '../outgoing/outbox-row.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';
import * as ledger from './columns.ts';
import { newReceipt } from './receipts.ts';

const { attemptKey: _, ...ledgerTypes } = ledger;
const types = [...Object.values(ledgerTypes), newReceipt, bucket, newOutboxEvent];

describe('the types that rows travel as', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  it.each(types.map((type) => [type.name, type] as const))(
    'otp.%s is what the program sends',
    async (name, type) => {
      const { rows } = await test.admin.query<{ name: string; type: string }>(
        `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
        where attrelid = ('otp.' || $1)::regclass order by attnum`,
        [name],
      );
      expect(rows.map((column) => [column.name, column.type])).toEqual(type.entries);
    },
  );

  it('are none that nobody sends', async () => {
    const { rows } = await test.admin.query<{ relname: string }>(
      "select relname from pg_class where relkind = 'c' and relnamespace = 'otp'::regnamespace",
    );
    expect(rows.map((row) => row.relname).sort()).toEqual(types.map((type) => type.name).sort());
  });
});
