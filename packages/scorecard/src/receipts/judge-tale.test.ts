import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seeded } from '../random.ts';
import { judgeTale } from './judge-tale.ts';
import { type Houses, openHouses } from './open-houses.ts';
import type { Tale } from './tale.ts';

describe('judgeTale', () => {
  let houses: Houses;
  beforeAll(async () => {
    houses = await openHouses();
  }, 60_000);
  afterAll(() => houses.close());

  const tale = (code: string): Tale => ({
    second: true,
    answer: 'accepted',
    whileAlive: [
      'answer',
      { attempt: 1, status: 'failed', code },
      { attempt: 1, status: 'delivered', code: '' },
    ],
    end: 'none',
    afterwards: [],
  });

  it('finds every order the same where it must not matter', async () => {
    const judged = await judgeTale({ tale: tale('30005'), number: 0, orders: 20 }, seeded(1), houses);
    expect(judged).toMatchObject({ traces: 20, different: [] });
    expect(judged.webhooks).toBeGreaterThan(20);
  });

  it('notices an order that matters: a stop before or after the delivery', async () => {
    const { different } = await judgeTale({ tale: tale('30450'), number: 1, orders: 20 }, seeded(1), houses);
    expect(different.length).toBeGreaterThan(0);
    expect(different[0]).toMatch(/1 failed.* → pending (stopped|delivered)/);
  });
});
