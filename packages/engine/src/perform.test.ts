import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  begin,
  callAllowanceMs,
  transition,
  type Verification,
  type VerificationEvent,
} from '@otp-relay/core';
import type { Material } from '@otp-relay/store';
import { createKeyRing, createPepper } from '@otp-relay/vault';
import type { Corridor } from './corridor.ts';
import { perform } from './perform.ts';
import type { Ports } from './ports.ts';
import { codeAad, recipientAad } from './seals.ts';
import type { Tenant } from './tenants.ts';

const id = 'vrf_01jd3xq0v8k2m4n6p8r0s2t4w6';
const attempt = 'att_01jd3xq0v8k2m4n6p8r0s2t4w6_0_1';
const nobody = (): void => undefined;

interface Scene {
  readonly lifeMs?: number;
  /** How long the process sleeps between grant and call. */
  readonly pauseMs?: number;
  /** What shares the batch of the grant. */
  readonly meanwhile?: VerificationEvent;
}

/** One verification on a route of one step. */
function scene({ lifeMs = 60_000, pauseMs = 0, meanwhile }: Scene) {
  const keys = createKeyRing(`1:${randomBytes(32).toString('base64')}`);
  const step = {
    channel: 'whatsapp',
    provider: 'meta-whatsapp',
    account: 'wa',
    success: 'delivered',
  } as const;
  let now = 0;
  let row: Verification = begin(
    {
      id,
      tenantId: 'acme',
      purpose: 'auth',
      steps: [{ ...step, timeoutMs: 25_000, minLifeMs: 30_000 }],
      addresses: { phone: 'present', email: 'absent' },
      expiresAt: lifeMs,
      maxChecks: 5,
    },
    now,
  ).verification;
  const material: Material = {
    sealedCode: keys.seal('123456', codeAad(id)),
    sealedRecipient: keys.seal('{"phone":"+14155550100"}', recipientAad(id)),
    codeMac: Buffer.alloc(32),
    locale: 'en',
    callingCode: '1',
    country: 'US',
    context: null,
    mode: 'live',
    createdAt: 0,
  };
  const corridor: Corridor = {
    async apply({ event }) {
      const { verification } = transition(row, event, now);
      const changed = verification !== row;
      row =
        event.type === 'started' && meanwhile
          ? transition(verification, meanwhile, now).verification
          : verification;
      return { verification: row, material, changed };
    },
    drain: async () => undefined,
  };
  const sent: number[] = [];
  const sender = {
    async send({ lifeMs: told }: { lifeMs: number }) {
      sent.push(told);
      return { kind: 'accepted', providerRef: 'wamid.1' } as const;
    },
    close: async () => undefined,
  };
  const tenant: Pick<Tenant, 'config' | 'accounts'> = {
    config: { brand: 'Acme' } as Tenant['config'],
    accounts: new Map([['wa', { id: 'wa', provider: 'meta-whatsapp', account: {}, sender }]]),
  };
  const log = { debug: nobody, info: nobody, warn: nobody, error: nobody };
  const ports = {
    keys,
    pepper: createPepper(randomBytes(32).toString('base64')),
    log,
    tally: { dispatch: nobody },
    clock: { now: () => now },
    budget: { reserve: async () => ({ kind: 'free' }), release: nobody },
    publicUrl: 'https://otp.example.com',
    tenants: {
      async get() {
        now += pauseMs;
        return tenant;
      },
    },
  } as unknown as Ports;
  const run = () => perform({ v: 1, tenant: 'acme', verification: id, attempt }, corridor, ports);
  return { run, sent, first: () => row.attempts[0] };
}

describe('perform', () => {
  it('calls the provider with what is left of the life of the code', async () => {
    const { run, sent, first } = scene({ pauseMs: 40 });
    expect(await run()).toBe('accepted');
    expect(sent).toEqual([59_960]);
    expect(first()).toMatchObject({ state: 'accepted', providerRef: 'wamid.1' });
  });

  it.each([
    ['slept longer than a grant allows', { pauseMs: callAllowanceMs('whatsapp') + 1 }],
    ['slept until the code was dead', { lifeMs: 31_000, pauseMs: 31_000 }],
    ['slept until less life was left than the provider needs', { lifeMs: 31_000, pauseMs: 1_001 }],
    ['heard of a cancellation with its grant', { meanwhile: { type: 'canceled', by: 'service' } }],
    ['heard of an approval with its grant', { meanwhile: { type: 'approved' } }],
    [
      'heard of a receipt with its grant',
      { meanwhile: { type: 'receipt', attemptId: attempt, status: 'read' } },
    ],
  ] satisfies [string, Scene][])('calls nobody when the process %s', async (_, given) => {
    const { run, sent, first } = scene(given);
    expect(await run()).toBe('refused');
    expect(sent).toEqual([]);
    expect(first()?.state).not.toBe('sending');
  });
});
