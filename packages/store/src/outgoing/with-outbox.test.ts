import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transition } from '@otp-relay/core';
import type { NewVerification } from '../index.ts';
import { newVerification, ulid } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';

let test: TestStore;
beforeAll(async () => {
  test = await testStore();
});
afterAll(() => test.stop());

const event = (verificationId: string, type: string) => ({
  id: `evt_${ulid(Date.now())}`,
  tenantId: 'acme',
  webhook: 'main',
  type,
  verificationId,
  at: Date.now(),
  data: { nul: '\0' },
});
const accepted = (more: Partial<NewVerification> = {}): NewVerification => {
  const row = newVerification(more);
  return { ...row, published: [event(row.verification.id, 'verification.accepted')] };
};
const told = async (id: string): Promise<string[]> =>
  (
    await test.admin.query('select type from otp.outbox where verification_id = $1 order by id', [id])
  ).rows.map(({ type }) => type);

describe('events in the commit of what they tell of', () => {
  it('come with verifications that were written, not with those that joined another', async () => {
    const liveKey = Buffer.alloc(32, 7);
    const [first, second, silent] = [accepted({ liveKey }), accepted({ liveKey }), newVerification()];
    const outcomes = await test.store.ledger.insert([first, second, silent]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['inserted', 'joined', 'inserted']);
    expect(await told(first.verification.id)).toEqual(['verification.accepted']);
    expect(await told(second.verification.id)).toEqual([]);
  });

  it.each([['locked and read'], ['remembered']])('come with a change of a row that was %s', async (how) => {
    const rows = [newVerification(), newVerification()];
    await test.store.ledger.insert(rows);
    const ids = rows.map(({ verification }) => verification.id);
    const trusted = how === 'remembered' ? { ids: new Set(ids), now: Date.now() } : undefined;
    await test.store.ledger.change(
      ids,
      ({ verification }, now) => {
        const step = transition(verification, { type: 'canceled', by: 'service' }, now);
        return { ...step, published: [event(verification.id, 'verification.canceled')] };
      },
      trusted,
    );
    for (const id of ids) expect(await told(id)).toEqual(['verification.canceled']);
  });

  it('do not come twice when what was remembered had been changed by somebody else', async () => {
    const row = newVerification();
    const { id } = row.verification;
    await test.store.ledger.insert([row]);
    await test.admin.query('update otp.verifications set version = version + 1 where id = $1', [id]);
    await test.store.ledger.change(
      [id],
      ({ verification }, now) => {
        const step = transition(verification, { type: 'canceled', by: 'service' }, now);
        return { ...step, published: [event(id, 'verification.canceled')] };
      },
      { ids: new Set([id]), now: Date.now() },
    );
    expect(await told(id)).toEqual(['verification.canceled']);
  });

  it('are gone with a commit that fails', async () => {
    const row = newVerification();
    const { id } = row.verification;
    await test.store.ledger.insert([row]);
    await expect(
      test.store.ledger.change([id], ({ verification }) => ({
        verification: { ...verification, status: 'approved' },
        entries: [],
        published: [event(id, 'verification.approved')],
      })),
    ).rejects.toThrow();
    expect(await told(id)).toEqual([]);
  });
});
