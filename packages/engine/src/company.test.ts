import { describe, expect, it } from '@jest/globals';
import { inCompany } from './company.ts';
import type { Change, Corridor } from './corridor.ts';

const attemptId = 'att_01jd3xq0v8k2m4n6p8r0s2t4w6_0_1';
const receipt = (id: string, status: 'sent' | 'delivered'): Change => ({
  id,
  event: { type: 'receipt', attemptId, status },
});

/** A corridor that tells what came, and in which turn of the event loop. */
function scene() {
  const came: string[] = [];
  let turn = 0;
  let drained = false;
  const corridor: Corridor = {
    async apply({ id, event }) {
      came.push(`${turn}: ${id} ${event.type === 'receipt' ? event.status : event.type}`);
      if (id === 'broken') throw new Error('the database is away');
      return undefined;
    },
    async drain() {
      drained = true;
    },
  };
  const nextTurn = async (ms = 0): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    turn += 1;
  };
  return { came, nextTurn, wasDrained: () => drained, company: inCompany(corridor) };
}

describe('inCompany', () => {
  it('writes `sent` with what happens next to the same verification, in the order they came', async () => {
    const { came, nextTurn, company } = scene();
    const sent = [company.apply(receipt('one', 'sent')), company.apply(receipt('one', 'sent'))];
    await nextTurn(20);
    await company.apply(receipt('two', 'delivered'));
    await company.apply(receipt('one', 'delivered'));
    await Promise.all(sent);
    expect(came).toEqual(['1: two delivered', '1: one sent', '1: one sent', '1: one delivered']);
  });

  it('lets nobody wait for long when nothing comes', async () => {
    const { came, company } = scene();
    const startedAt = performance.now();
    await Promise.all([company.apply(receipt('one', 'sent')), company.apply(receipt('two', 'sent'))]);
    expect(came).toEqual(['0: one sent', '0: two sent']);
    expect(performance.now() - startedAt).toBeGreaterThan(140);
    await company.apply(receipt('one', 'sent'));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('tells each caller what became of its own', async () => {
    const { company } = scene();
    const broken = company.apply(receipt('broken', 'sent'));
    const whole = company.apply(receipt('whole', 'sent'));
    await expect(broken).rejects.toThrow('the database is away');
    await expect(whole).resolves.toBeUndefined();
  });

  it('leaves nothing behind when the process stops', async () => {
    const { came, company, wasDrained } = scene();
    const sent = company.apply(receipt('one', 'sent'));
    await company.drain();
    await sent;
    expect(came).toEqual(['0: one sent']);
    expect(wasDrained()).toBe(true);
  });
});
