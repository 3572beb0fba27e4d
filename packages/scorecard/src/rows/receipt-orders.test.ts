import { describe, expect, it } from '@jest/globals';
import { receiptOrders } from './receipt-orders.ts';

describe('receiptOrders', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await receiptOrders.run({ seed: 9, short: true, budgetMs: 60_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }] });
  }, 90_000);
});
