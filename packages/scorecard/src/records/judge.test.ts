import { describe, expect, it } from '@jest/globals';
import { judge } from './judge.ts';
import type { LedgerRow } from './ledger.ts';
import type { ProviderCall } from './provider-calls.ts';

const id = (n: number): string => `vrf_${String(n).padStart(26, '0')}`;
const row = (n: number, delivery: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id: id(n),
  key: null,
  status: 'pending',
  delivery,
  createdAt: 0,
  expiresAt: 1_000,
  attempts: [],
  ...more,
});
const call = (n: number, more: Partial<ProviderCall> = {}): ProviderCall => ({
  attemptId: `att_${id(n).slice(4)}_0_1`,
  channel: 'whatsapp',
  at: 10,
  created: true,
  ...more,
});
const told = (n: number) => ({ id: id(n), at: 0 });

describe('judge', () => {
  it('finds nothing lost when a provider took it in time, or when it failed openly', () => {
    const ledger = [row(1, 'delivered'), row(2, 'exhausted'), row(3, 'stopped')];
    expect(judge([1, 2, 3].map(told), ledger, [call(1), call(2)])).toMatchObject({ lost: [], untried: 1 });
  });

  it.each([
    ['not in the ledger', [], []],
    ['still queued', [row(1, 'queued')], []],
    ['pending delivered, and no provider has it', [row(1, 'delivered')], []],
    ['pending delivered, and no provider has it', [row(1, 'delivered')], [call(1, { created: false })]],
    ['expired stopped, and no provider has it', [row(1, 'stopped', { status: 'expired' })], []],
    [
      'expired delivered, and no provider has it',
      [row(1, 'delivered', { status: 'expired' })],
      [call(1, { at: 1_001 })],
    ],
  ])('lost: %s', (reason, ledger, calls) => {
    expect(judge([told(1)], ledger, calls).lost).toEqual([`${id(1)}: ${reason}`]);
  });

  it('finds a job of the queue by its own id', () => {
    const promise = { jobId: '77', at: 0 };
    expect(judge([promise], [row(1, 'delivered', { key: 'job-77' })], [call(1)])).toMatchObject({
      lost: [],
      found: 1,
    });
    expect(judge([promise], [], []).lost).toEqual(['job 77: not in the ledger']);
  });

  it('counts a channel that got two messages, by whichever attempts, and not two channels', () => {
    const again = call(1, { attemptId: `att_${id(1).slice(4)}_0_2` });
    expect(judge([], [], [call(1), again, call(2), call(2, { channel: 'sms' })]).doubled).toEqual([id(1)]);
    expect(judge([], [], [call(1), call(1, { created: false })]).doubled).toEqual([]);
  });
});
