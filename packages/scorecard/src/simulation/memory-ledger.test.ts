import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { begin, transition, type Verification, type VerificationEvent } from '@otp-relay/core';
import type { NewVerification, StoreFault } from '@otp-relay/store';
import { createId } from '@otp-relay/vault';
import { seeded } from '../random.ts';
import { type Houses, openHouses } from '../receipts/open-houses.ts';
import { tenantId } from './installation.ts';
import { createMemoryLedger } from './memory-ledger.ts';

const step = { account: 'wa', timeoutMs: 25_000, success: 'delivered', minLifeMs: 30_000 } as const;
const steps = [
  { channel: 'whatsapp', provider: 'meta-whatsapp', ...step },
  { channel: 'sms', provider: 'twilio-sms', ...step },
] as const;

function newRow(over: Partial<NewVerification> = {}): NewVerification {
  const now = Date.now();
  const asked = { tenantId, purpose: 'auth', steps, maxChecks: 3 } as const;
  const addresses = { phone: 'present', email: 'absent' } as const;
  const begun = begin({ id: createId('vrf'), ...asked, addresses, expiresAt: now + 600_000 }, now);
  return {
    verification: begun.verification,
    entries: begun.entries,
    material: {
      sealedCode: randomBytes(40),
      sealedRecipient: randomBytes(40),
      codeMac: randomBytes(32),
      locale: 'en',
      callingCode: '1',
      country: 'US',
      context: null,
      mode: 'live',
      createdAt: now,
    },
    idempotencyKey: null,
    requestHash: randomBytes(32),
    liveKey: randomBytes(32),
    recipientKey: randomBytes(32),
    recipientMasked: '+1 ••• 00',
    source: 'http',
    ...over,
  };
}

const events = (v: Verification): readonly VerificationEvent[] => {
  const attemptId = v.currentId ?? '';
  const claim = v.attempts.at(-1)?.claim ?? 'c';
  const failure = { kind: 'unreachable', scope: 'recipient', code: '1' } as const;
  return [
    { type: 'started', attemptId, claim: 'c' },
    { type: 'accepted', attemptId, claim, providerRef: `ref-${attemptId}` },
    { type: 'refused', attemptId, claim, failure },
    { type: 'receipt', attemptId, status: 'sent' },
    { type: 'receipt', attemptId, status: 'failed', failure },
    { type: 'check_failed' },
    { type: 'next', by: 'user' },
    { type: 'resend', by: 'user' },
    { type: 'approved' },
  ];
};

describe('createMemoryLedger keeps the contract of store.ledger', () => {
  let houses: Houses;
  beforeAll(async () => {
    houses = await openHouses();
  }, 60_000);
  afterAll(() => houses.close());
  const both = () => ({
    real: houses.store.ledger,
    memory: createMemoryLedger(Date.now, () => undefined),
  });

  it('says who was there first', async () => {
    const { real, memory } = both();
    const first = newRow({ idempotencyKey: createId('key') });
    const rows = [
      first,
      newRow({ idempotencyKey: first.idempotencyKey }),
      newRow({ liveKey: first.liveKey }),
      newRow({ liveKey: null }),
      newRow({ liveKey: first.liveKey, idempotencyKey: first.idempotencyKey }),
    ];
    expect(memory.insert(rows)).toEqual(await real.insert(rows));
    // The answer to the first time was lost.
    expect(memory.insert([first])).toEqual(await real.insert([first]));
    const end = { type: 'canceled', by: 'user' } as const;
    for (const ledger of [real, memory])
      await ledger.change([first.verification.id], ({ verification }, now) =>
        transition(verification, end, now),
      );
    const later = [newRow({ liveKey: first.liveKey }), newRow({ idempotencyKey: first.idempotencyKey })];
    expect(memory.insert(later)).toEqual(await real.insert(later));
  });

  it('changes rows alike, whatever happens, and gives the same material', async () => {
    const { real, memory } = both();
    const random = seeded(1);
    const rows = Array.from({ length: 30 }, () => newRow());
    await real.insert(rows);
    memory.insert(rows);
    for (const { verification } of rows) {
      const { id } = verification;
      for (let moves = 0; moves < 8; moves += 1) {
        const pick = random.int(0, 8);
        const at = Date.now();
        const reduce = ({ verification: v }: { verification: Verification }) =>
          transition(v, events(v)[pick]!, at);
        const [one, other] = [await real.change([id], reduce), memory.change([id], reduce)];
        expect(other.get(id)).toEqual(one.get(id));
      }
      const refs = [`ref-att_${id.slice(4)}_0_1`, 'none'];
      expect(memory.locate(tenantId, 'wa', refs)).toEqual(
        await real.locateByProviderRef(tenantId, 'wa', refs),
      );
    }
  });

  it('finds what is due, the oldest first', async () => {
    const { real, memory } = both();
    const rows = Array.from({ length: 4 }, () => newRow());
    await real.insert(rows);
    memory.insert(rows);
    const ids = rows.map((row) => row.verification.id);
    for (const ledger of [real, memory])
      await ledger.change(ids, ({ verification: v }) => ({
        verification: {
          ...v,
          deadlineAt: Date.now() - 60_000 + 7_000 * ids.indexOf(v.id) * (v.id === ids[1] ? -1 : 1),
        },
        entries: [],
      }));
    const options = { limit: 3, graceMs: 1_000 };
    expect(memory.due(options)).toEqual(await real.due(options));
  });

  it.each<[string, Partial<Verification>]>([
    ['final_has_no_deadline', { status: 'expired', delivery: 'stopped' }],
    ['deadline_within_life', { deadlineAt: 4_000_000_000_000 }],
    ['failed_checks_in_bounds', { failedChecks: 9 }],
    ['in_flight_has_attempt', { currentId: null }],
    ['approved_is_delivered', { status: 'approved', delivery: 'stopped', deadlineAt: null }],
    ['final_is_at_rest', { status: 'expired', deadlineAt: null }],
  ])('refuses what breaks %s, and undoes all of it', async (constraint, broken) => {
    const { real, memory } = both();
    const row = newRow();
    await real.insert([row]);
    memory.insert([row]);
    for (const ledger of [real, memory]) {
      const change = async () =>
        ledger.change([row.verification.id], ({ verification }) => ({
          verification: { ...verification, ...broken },
          entries: [],
        }));
      const fault = (await change().catch((thrown: unknown) => thrown)) as StoreFault;
      expect([fault.code, fault.constraint]).toEqual(['OTP_STORE_REFUSED', constraint]);
      const seen = await ledger.change([row.verification.id], ({ verification }) => ({
        verification,
        entries: [],
      }));
      expect(seen.get(row.verification.id)?.after).toEqual(row.verification);
    }
  });
});
