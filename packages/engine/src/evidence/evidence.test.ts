import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EvidenceBundle, evidenceBundle } from '@otp-relay/contracts';
import { begin, type Step, transition } from '@otp-relay/core';
import { type NewVerification, openStore, type Store } from '@otp-relay/store';
import { type TestDatabase, testDatabase } from '@otp-relay/testkit';
import { createId, createKeyRing } from '@otp-relay/vault';
import { createEvidence } from './create-evidence.ts';
import { verifyChain } from './verify-chain.ts';

const roots = { 1: randomBytes(32), 2: randomBytes(32) };
const step: Step = {
  channel: 'sms',
  provider: 'twilio-sms',
  account: 'sms',
  timeoutMs: 25_000,
  success: 'delivered',
  minLifeMs: 0,
};
const codeMac = randomBytes(32);
const sealedCode = randomBytes(50);

/** A signature about to be inserted. */
function signature(tenantId: string, over: { purpose?: 'auth'; mode?: 'test' } = {}): NewVerification {
  const now = Date.now();
  const begun = begin(
    {
      id: createId('vrf'),
      tenantId,
      purpose: over.purpose ?? 'signature',
      steps: [step],
      addresses: { phone: 'present', email: 'absent' },
      expiresAt: now + 600_000,
      maxChecks: 5,
    },
    now,
  );
  return {
    verification: begun.verification,
    entries: begun.entries,
    material: {
      sealedCode,
      sealedRecipient: randomBytes(110),
      codeMac,
      locale: 'en',
      callingCode: '1',
      country: 'US',
      context: over.purpose ? null : { documentTitle: 'Lease, flat 4 — “A”', documentHash: 'a0'.repeat(32) },
      mode: over.mode ?? 'live',
      createdAt: now,
    },
    idempotencyKey: null,
    requestHash: randomBytes(32),
    liveKey: randomBytes(32),
    recipientKey: randomBytes(32),
    recipientMasked: '+1•••••••00',
    source: 'http',
  };
}

describe('evidence', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await testDatabase({
      template: async (url) => {
        const fresh = openStore({ url });
        await fresh.migrate();
        await fresh.close();
      },
    });
    store = openStore({ url: database.url, maxConnections: 8 });
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await database.stop();
  });

  async function insert(row: NewVerification): Promise<string> {
    await store.ledger.insert([row]);
    return row.verification.id;
  }
  async function approve(id: string): Promise<void> {
    for (const event of [{ type: 'check_failed' }, { type: 'approved' }] as const)
      await store.ledger.change([id], ({ verification }, now) => transition(verification, event, now));
  }
  async function approved(tenantId: string, over: Parameters<typeof signature>[1] = {}): Promise<string> {
    const id = await insert(signature(tenantId, over));
    await approve(id);
    return id;
  }
  const chainOf = async (tenantId: string, mode: 'live' | 'test' = 'live'): Promise<EvidenceBundle[]> => {
    const bundles: EvidenceBundle[] = [];
    for await (const bundle of evidence().chain(tenantId, { mode })) bundles.push(bundle);
    return bundles;
  };
  const evidence = (keys: Readonly<Record<number, Uint8Array>> = roots) =>
    createEvidence(store, createKeyRing(keys));
  const publicKeys = async () => (await evidence().publicKeys()).keys;

  it('tells who approved what, when, by which channel, after how many wrong checks, and never the code', async () => {
    const id = await approved('tells');
    const bundle = await evidence().of('tells', id);
    expect(evidenceBundle.parse(bundle)).toEqual(bundle);
    expect(bundle?.record).toMatchObject({
      tenant: 'tells',
      mode: 'live',
      sequence: 1,
      previous: '0'.repeat(64),
      verification: { id, failedChecks: 1 },
      recipient: { masked: '+1•••••••00' },
      document: { title: 'Lease, flat 4 — “A”', hash: { algorithm: 'SHA-256', value: 'a0'.repeat(32) } },
      attempts: [{ channel: 'sms', provider: 'twilio-sms' }],
    });
    expect(bundle?.record.timeline.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['accepted', 'check_failed', 'approved']),
    );
    const text = JSON.stringify(bundle);
    for (const secret of [codeMac, sealedCode])
      for (const form of ['hex', 'base64', 'base64url'] as const)
        expect(text.includes(secret.toString(form))).toBe(false);
    expect(verifyChain([bundle], await publicKeys())).toMatchObject({ flaws: [], head: bundle?.hash });
  });

  it('is the same however often it is asked for, also when rows change after the end', async () => {
    const id = await approved('same');
    const before = await evidence().of('same', id);
    await store.ledger.change([id], ({ verification }, now) => ({
      verification,
      entries: [{ type: 'attempt_delivered', attemptId: null, at: now, detail: {} }],
    }));
    expect(await evidence().of('same', id)).toEqual(before);
  });

  it('is not to be had of what is no signature, not approved, unknown or of another tenant', async () => {
    const auth = await insert(signature('none', { purpose: 'auth' }));
    await approve(auth);
    const pending = await insert(signature('none'));
    const others = await approved('others');
    for (const id of [auth, pending, others, 'vrf_unknown', ''])
      expect(await evidence().of('none', id)).toBeUndefined();
    expect(await chainOf('none')).toEqual([]);
  });

  it('chains all signatures of a tenant, however many processes seal at once, and keeps tests apart', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => approved('chain')));
    const test = await approved('chain', { mode: 'test' });
    const strangers = await approved('chain-2');
    const sealing = [evidence(), evidence(), evidence()];
    await Promise.all([
      ...sealing.map((one) => one.sealOutstanding()),
      ...ids.map((id, index) => sealing[index % 3]?.of('chain', id)),
    ]);
    expect(await evidence().sealOutstanding()).toBe(0);
    const chain = await chainOf('chain');
    expect(chain.map(({ record }) => record.sequence)).toEqual(ids.map((_, index) => index + 1));
    expect(new Set(chain.map(({ record }) => record.verification.id))).toEqual(new Set(ids));
    expect(verifyChain(chain, await publicKeys())).toMatchObject({ flaws: [], head: chain.at(-1)?.hash });
    expect((await chainOf('chain', 'test')).map(({ record }) => record.verification.id)).toEqual([test]);
    expect((await chainOf('chain-2')).map(({ record }) => record.verification.id)).toEqual([strangers]);
  });

  it('shows what was left out, put elsewhere, repeated, borrowed or rewritten', async () => {
    await Promise.all(Array.from({ length: 5 }, () => approved('tamper')));
    await approved('tamper-2');
    await evidence().sealOutstanding();
    const chain = await chainOf('tamper');
    const [other] = await chainOf('tamper-2');
    const keys = await publicKeys();
    const [first, second, third, fourth, fifth] = chain;
    const flawed = (...bundles: readonly unknown[]) => verifyChain(bundles, keys).flaws.length > 0;
    expect(flawed(first, second, third, fourth, fifth)).toBe(false);
    expect(flawed(third, fourth)).toBe(false);
    expect(flawed(first, second, fourth, fifth)).toBe(true);
    expect(flawed(first, third, second)).toBe(true);
    expect(flawed(first, second, second)).toBe(true);
    expect(flawed(first, other)).toBe(true);
    expect(flawed(first, { ...second, record: third?.record })).toBe(true);
    expect(flawed({ ...first, hash: second?.hash })).toBe(true);
    expect(flawed({ ...first, extra: 1 })).toBe(true);
    expect(flawed({ ...first, record: { ...first?.record, extra: 1 } })).toBe(true);
    expect(flawed(null)).toBe(true);
    expect(flawed('x')).toBe(true);
    expect(verifyChain([first], []).flaws).toHaveLength(1);
  });

  it('of every value in a bundle, none can be changed unseen', async () => {
    const bundle = await evidence().of('each', await approved('each'));
    const keys = await publicKeys();
    const changed = [...changesOf(bundle)];
    expect(changed.length).toBeGreaterThan(40);
    for (const one of changed) expect(verifyChain([one], keys).flaws).not.toEqual([]);
  });

  it('can still be checked when the key that signed has left the ring', async () => {
    const old = { 7: randomBytes(32) };
    const bundle = await evidence(old).of('rotated', await approved('rotated'));
    await evidence().of('rotated', await approved('rotated'));
    const { keys } = await evidence().publicKeys();
    expect(keys.map(({ kid }) => kid)).toContain(bundle?.signature.keyId);
    expect(verifyChain(await chainOf('rotated'), keys).flaws).toEqual([]);
  });
});

/** The same bundle with one value changed, for every value there is. */
function* changesOf(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      for (const changed of changesOf(item)) yield value.map((old, at) => (at === index ? changed : old));
    if (value.length > 0) yield value.slice(1);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const changed of changesOf(item)) yield { ...value, [key]: changed };
      yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    }
  } else if (typeof value === 'string')
    yield value === '' ? 'x' : `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}`;
  else if (typeof value === 'number') yield value + 1;
  else yield value === null ? '2026-01-31T12:00:00.000Z' : !value;
}
