import { describe, expect, it } from '@jest/globals';
import { begin, type Effect } from '@otp-relay/core';
import type { EventBell } from '@otp-relay/queue';
import type { StoredWebhook } from '@otp-relay/store';
import { createAnnouncer } from './announcer.ts';

const nobody = (): void => undefined;
const log = { debug: nobody, info: nobody, warn: nobody, error: nobody };
const about = { mode: 'live', createdAt: 0 } as const;
const sms = { channel: 'sms', provider: 'twilio-sms', account: 'sms', success: 'delivered' } as const;
const verification = begin(
  {
    id: 'vrf_01jd3xq0v8k2m4n6p8r0s2t4w6',
    tenantId: 'acme',
    purpose: 'auth',
    steps: [{ ...sms, timeoutMs: 25_000, minLifeMs: 0 }],
    addresses: { phone: 'present', email: 'absent' },
    expiresAt: 60_000,
    maxChecks: 5,
  },
  0,
).verification;
const effects: readonly Effect[] = [
  { type: 'publish', event: 'accepted' },
  { type: 'arm', attemptId: 'x', at: 1 },
  { type: 'publish', event: 'attempt_failed', attemptId: verification.currentId ?? '' },
];

const webhook = (id: string, more: Partial<StoredWebhook> = {}): StoredWebhook => ({
  tenantId: 'acme',
  id,
  url: 'https://acme.example/',
  events: null,
  sealedSecrets: null,
  state: 'enabled',
  disabledReason: null,
  disabledAt: null,
  failures: 0,
  failingSince: null,
  restsUntil: 0,
  ...more,
});

async function scene(webhooks: StoredWebhook[]) {
  const bells: EventBell[] = [];
  let reads = 0;
  const list = async (tenant: string | null) => {
    reads += 1;
    return webhooks.filter(({ tenantId }) => tenant === null || tenantId === tenant);
  };
  const announcer = createAnnouncer({
    store: { webhooks: { list } },
    producer: { publish: async (more) => void bells.push(...more) },
    log,
  });
  await announcer.load();
  const rows = () => announcer.rowsOf(verification, effects, about, 1_000);
  return { announcer, bells, rows, reads: () => reads };
}

describe('what tenants are told', () => {
  it('is nothing where nobody listens', async () => {
    const { rows } = await scene([
      webhook('main', { tenantId: 'globex' }),
      webhook('off', { state: 'disabled' }),
    ]);
    expect(rows()).toEqual([]);
  });

  it('is one event under one id for every webhook that asked for its type', async () => {
    const { rows, announcer, bells } = await scene([
      webhook('main'),
      webhook('failures', { events: ['verification.attempt_failed'] }),
    ]);
    const written = rows();
    expect(written.map(({ webhook: to, type }) => `${to} ${type}`)).toEqual([
      'main verification.accepted',
      'main verification.attempt_failed',
      'failures verification.attempt_failed',
    ]);
    expect(written[1]?.id).toBe(written[2]?.id);
    expect(written[0]?.id).not.toBe(written[1]?.id);
    expect(written[1]?.data).toMatchObject({
      status: 'pending',
      channel: 'sms',
      attempt: { id: verification.currentId, channel: 'sms', state: 'queued' },
    });
    expect(written[0]?.data).toMatchObject({ attempt: null });
    await announcer.ring(written);
    expect(bells).toEqual([
      { tenant: 'acme', webhook: 'main' },
      { tenant: 'acme', webhook: 'failures' },
    ]);
  });

  it('follows changes, and reads once for many at a time', async () => {
    const webhooks: StoredWebhook[] = [];
    const { rows, announcer, reads } = await scene(webhooks);
    webhooks.push(webhook('main'));
    for (let tenant = 0; tenant < 50; tenant += 1) announcer.refresh(`tenant-${tenant}`);
    announcer.refresh('acme');
    await new Promise((resolve) => setImmediate(resolve));
    expect(rows()).toHaveLength(2);
    expect(reads()).toBeLessThanOrEqual(3);
    webhooks.pop();
    announcer.refresh('acme');
    await new Promise((resolve) => setImmediate(resolve));
    expect(rows()).toEqual([]);
  });
});
