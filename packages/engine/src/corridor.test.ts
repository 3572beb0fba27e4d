import { describe, expect, it } from '@jest/globals';
import { begin } from '@otp-relay/core';
import type { Material } from '@otp-relay/store';
import { createCorridor } from './corridor.ts';
import type { Ports } from './ports.ts';

const id = 'vrf_01jd3xq0v8k2m4n6p8r0s2t4w6';
const attemptId = 'att_01jd3xq0v8k2m4n6p8r0s2t4w6_0_1';
const nobody = (): void => undefined;

/** A corridor over one row in memory; `rollbacks` transactions are lost to a deadlock first. */
function scene(rollbacks = 0) {
  const sms = { channel: 'sms', provider: 'twilio-sms', account: 'sms', success: 'delivered' } as const;
  let row = begin(
    {
      id,
      tenantId: 'acme',
      purpose: 'auth',
      steps: [{ ...sms, timeoutMs: 25_000, minLifeMs: 0 }],
      addresses: { phone: 'present', email: 'absent' },
      expiresAt: 60_000,
      maxChecks: 5,
    },
    0,
  ).verification;
  const material = { sealedRecipient: Buffer.from('sealed') } as Material;
  let batches = 0;
  const change: Ports['store']['ledger']['change'] = async (_ids, reduce) => {
    batches += 1;
    for (let left = rollbacks; left > 0; left -= 1) reduce({ verification: row, material }, 0);
    row = reduce({ verification: row, material }, 0).verification;
    return new Map();
  };
  const quiet = { debug: nobody, info: nobody, warn: nobody, error: nobody };
  const effect = async (): Promise<void> => undefined;
  const corridor = createCorridor({
    store: { ledger: { change } },
    clock: { now: () => 0, sleep: effect },
    producer: { enqueue: effect, arm: effect, disarm: effect },
    log: quiet,
    tally: { batch: nobody, attempt: nobody },
  } as unknown as Ports);
  return { corridor, batches: () => batches };
}

describe('createCorridor', () => {
  it('tells everybody in a batch what was committed, and each whether their own event meant something', async () => {
    const { corridor, batches } = scene();
    const [started, canceled, again] = await Promise.all([
      corridor.apply({ id, event: { type: 'started', attemptId, claim: 'c' } }),
      corridor.apply({ id, event: { type: 'canceled', by: 'service' } }),
      corridor.apply({ id, event: { type: 'canceled', by: 'user' } }),
    ]);
    expect(batches()).toBe(1);
    expect([started?.changed, canceled?.changed, again?.changed]).toEqual([true, true, false]);
    for (const applied of [started, canceled, again])
      expect(applied?.verification).toMatchObject({ status: 'canceled', attempts: [{ claim: 'c' }] });
  });

  it('forgets what a transaction said that was rolled back', async () => {
    const { corridor } = scene(1);
    let asked = 0;
    const guard = (): boolean => {
      asked += 1;
      return asked === 1;
    };
    expect(await corridor.apply({ id, event: { type: 'approved' }, guard })).toBeUndefined();
    expect(asked).toBe(2);
  });
});
