import { describe, expect, it } from '@jest/globals';
import type { Orphan } from '../faults/orphans.ts';
import type { LedgerAttempt, LedgerRow } from './ledger.ts';
import { pickUpTimes, quantile } from './pick-up.ts';

const digits = '1'.padStart(26, '0');
const id = `vrf_${digits}`;
const [first, second] = [`att_${digits}_0_1`, `att_${digits}_1_1`];
const row = (attempt: Partial<LedgerAttempt> = {}): LedgerRow => ({
  id,
  key: 'job-9',
  status: 'pending',
  delivery: 'sending',
  createdAt: 0,
  expiresAt: 600_000,
  attempts: [
    {
      id: first,
      channel: 'whatsapp',
      state: 'sending',
      queuedAt: 0,
      sendingAt: 0,
      acceptedAt: null,
      endedAt: null,
      ...attempt,
    },
  ],
});
const orphan = (jobId: string, killedAt: number): Orphan => ({ queue: 'otp-send-whatsapp', jobId, killedAt });
const calls = (...made: readonly (readonly [attemptId: string, at: number])[]) =>
  new Map([[id, made.map(([attemptId, at]) => ({ attemptId, at, channel: 'whatsapp', created: true }))]]);

describe('pickUpTimes', () => {
  it('counts to the next call, not to the dead worker’s own', () => {
    const made = calls([first, 1_020], [second, 8_000]);
    expect(pickUpTimes([orphan(first, 1_000)], [row()], made)).toEqual([
      { toCallMs: 7_000, toCallOrDeathMs: 7_000 },
    ]);
  });

  it('counts a job of the public queue to the first call', () => {
    expect(pickUpTimes([orphan('9', 1_000)], [row()], calls([first, 1_500]))).toEqual([
      { toCallMs: 500, toCallOrDeathMs: 500 },
    ]);
    expect(pickUpTimes([orphan('9', 1_000)], [row()], calls([first, 900]))).toEqual([]);
  });

  it('leaves out what had been answered, and what arrived without another call', () => {
    const made = calls([first, 900], [second, 8_000]);
    expect(pickUpTimes([orphan(first, 1_000)], [row({ acceptedAt: 950 })], made)).toEqual([]);
    expect(pickUpTimes([orphan(first, 1_000)], [row()], calls([first, 900]))).toEqual([]);
  });

  it('tells the next death apart when whoever picked it up was killed too', () => {
    const orphans = [orphan(first, 1_000), orphan(second, 7_000)];
    expect(pickUpTimes(orphans, [row()], calls([second, 13_000]))).toEqual([
      { toCallMs: 12_000, toCallOrDeathMs: 6_000 },
      { toCallMs: 6_000, toCallOrDeathMs: 6_000 },
    ]);
  });
});

describe('quantile', () => {
  it('is the value below which the share lies', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1), quantile([], 0.5)]).toEqual([
      50, 99, 100, 0,
    ]);
  });
});
