import { describe, expect, it } from '@jest/globals';
import type { LedgerRow } from './ledger.ts';
import { resumption } from './resumption.ts';
import type { TimelineRow } from './timeline.ts';

const row = { id: 'v', createdAt: 1_000 } as LedgerRow;
const call = (at: number) => new Map([['v', [{ attemptId: 'a', channel: 'whatsapp', at, created: true }]]]);
const line = (type: string, at: number): TimelineRow => ({ id: 'v', type, attemptId: 'a', at });
const silent = new Map([['v', [line('attempt_accepted', 2_000), line('attempt_timed_out', 7_300)]]]);

describe('resumption', () => {
  it('counts a call from the loss, or from the acceptance when Redis was still away', () => {
    expect(resumption([1_500], [row], call(6_000), new Map(), 5_000).calls).toEqual([4_500]);
    expect(resumption([900], [row], call(6_000), new Map(), 5_000).calls).toEqual([5_000]);
  });

  it('leaves out what no loss concerned', () => {
    expect(resumption([9_000], [row], call(6_000), silent, 5_000)).toEqual({ calls: [], fallbacks: [] });
  });

  it('counts a fallback from its deadline, or from a loss after it', () => {
    expect(resumption([3_000], [row], new Map(), silent, 5_000).fallbacks).toEqual([300]);
    expect(resumption([7_100], [row], new Map(), silent, 5_000).fallbacks).toEqual([200]);
  });
});
