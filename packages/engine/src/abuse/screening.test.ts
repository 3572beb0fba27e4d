import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tenantConfig, verificationRequest } from '@otp-relay/contracts';
import type { Channel, Step } from '@otp-relay/core';
import { createPepper, signWebhook } from '@otp-relay/vault';
import { createGuardedFetch, type GuardedFetch } from '../outgoing/guarded-fetch.ts';
import { type Recipient, readRecipient } from '../recipient.ts';
import type { AbuseScreened } from './abuse-ask.ts';
import { abuseKeys, notRequestedRule, usesOf } from './abuse-keys.ts';
import { type Abuse, createAbuse } from './create-abuse.ts';
import { createMemoryAbuseStore, type MemoryAbuseStore } from './simulation/memory-abuse-store.ts';

const pepper = createPepper(randomBytes(32).toString('base64'));
const minuteMs = 60_000;
const alarms: object[] = [];
const log = { debug() {}, info() {}, warn: (about: object) => void alarms.push(about), error() {} };
const step = (channel: Channel): Step => ({
  channel,
  provider: 'twilio-sms',
  account: channel,
  timeoutMs: 1,
  success: 'delivered',
  minLifeMs: 0,
});

let store: MemoryAbuseStore;
let abuse: Abuse;
let outgoing: GuardedFetch;
let statements: number;
let now = Date.UTC(2026, 0, 5);

beforeEach(() => {
  store = createMemoryAbuseStore();
  statements = 0;
  alarms.length = 0;
  outgoing = createGuardedFetch({ allowedNetworks: ['127.0.0.0/8'] });
  const counted = new Proxy(store, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        statements += 1;
        return Reflect.apply(value, target, args);
      };
    },
  });
  abuse = createAbuse({
    store: { abuse: counted },
    pepper,
    outgoing,
    clock: { now: () => now },
    log,
    tally: { abuse() {} },
  });
});
afterEach(async () => {
  await abuse.drain();
  await outgoing.close();
});

interface Asked {
  readonly phone?: string;
  readonly email?: string;
  readonly more?: object;
  readonly mode?: 'live' | 'test';
  readonly tenantId?: string;
  readonly request?: object;
  readonly channels?: readonly Channel[];
}

function ask({
  phone,
  email,
  more,
  mode = 'live',
  tenantId = 'acme',
  request,
  channels,
}: Asked): Promise<AbuseScreened> {
  const to = { ...(phone !== undefined && { phone }), ...(email !== undefined && { email }) };
  return abuse.screen({
    tenant: {
      id: tenantId,
      config: tenantConfig.parse({
        name: 'Acme',
        brand: 'Acme',
        countries: 'all',
        accounts: { sms: { provider: 'twilio-sms' } },
        route: [{ channel: 'sms', account: 'sms' }],
        ...more,
      }),
    },
    request: { ...verificationRequest.parse({ to }), ...request },
    recipient: readRecipient(to) as Recipient,
    steps: (channels ?? ['whatsapp', 'sms', 'email']).map(step),
    mode,
    source: 'http',
  });
}
const left = (screened: AbuseScreened): string =>
  screened.kind === 'refused' ? screened.code : screened.steps.map(({ channel }) => channel).join(' ');
const usual = 'whatsapp sms email';
/** Numbers far from one another, in one range. */
const far = (index: number): string => `+491511200${String((index * 131) % 10_000).padStart(4, '0')}`;
/** Minutes of somebody asking for every number of a range, using none. */
async function pump(count: number, over: Asked = {}): Promise<string[]> {
  const said: string[] = [];
  for (let index = 0; index < count; index += 1) {
    now += 5_000;
    said.push(left(await ask({ phone: far(index), ...over })));
  }
  return said;
}

describe('requests before the rules', () => {
  it('an honest request costs one statement, and none with the rules off, by mail, as a test, or for a safe number', async () => {
    expect(left(await ask({ phone: far(0) }))).toBe(usual);
    expect(statements).toBe(1);
    for (const free of [
      { phone: far(0), more: { abuse: { mode: 'allow' } } },
      { email: 'ana@example.com' },
      { phone: far(0), mode: 'test' as const },
      { phone: far(0), more: { abuse: { safeList: ['+49151'] } } },
      { phone: far(0), channels: ['email'] as const },
    ])
      await ask(free);
    expect(statements).toBe(1);
    expect(store.decisions).toEqual([]);
  });

  it('requests that come together share one statement, and each sees the ones before it', async () => {
    const said = await Promise.all(Array.from({ length: 40 }, (_, index) => ask({ phone: far(index) })));
    expect(said.filter(({ kind }) => kind === 'allowed')).toHaveLength(30);
    expect(statements).toBeLessThan(40);
  });

  it('a range that nobody uses is blocked, the refusal has its reasons, and stays until long after the last one', async () => {
    const said = await pump(40);
    const first = said.indexOf('OTP_SUSPECTED_ABUSE');
    expect(first).toBeGreaterThanOrEqual(10);
    expect(said.slice(first).every((one) => one === 'OTP_SUSPECTED_ABUSE')).toBe(true);
    expect(store.decisions).toHaveLength(40 - first);
    expect(store.decisions[0]).toMatchObject({
      tenantId: 'acme',
      outcome: 'refused',
      country: 'DE',
      prefix: far(0).slice(0, -4),
      channels: [],
      reasons: [{ rule: 'prefix', mode: 'block', detail: { converted: 0, sends: 12 } }],
    });
    expect(JSON.stringify(store.decisions)).not.toContain(far(first));
    expect(alarms).toMatchObject([{ tenant: 'acme', rule: 'prefix', against: far(0).slice(0, -4) }]);
    now += 11 * 60 * minuteMs;
    expect(left(await ask({ phone: far(99) }))).toBe('OTP_SUSPECTED_ABUSE');
    now += 61 * minuteMs;
    expect(left(await ask({ phone: far(99) }))).toBe(usual);
  });

  it('people who use their codes are never in the way', async () => {
    for (let index = 0; index < 60; index += 1) {
      now += 5_000;
      const phone = far(index);
      expect(left(await ask({ phone }))).toBe(usual);
      if (index % 3 > 0) await store.noteUsed(usesOf('acme', abuseKeys(pepper, phone, 'DE'), now));
    }
  });

  it('monitor records and does nothing; degrade leaves WhatsApp and mail, and refuses where neither is there', async () => {
    const monitored = await pump(40, { more: { abuse: { mode: 'monitor' } } });
    expect(new Set(monitored)).toEqual(new Set([usual]));
    expect(store.decisions.at(-1)).toMatchObject({
      outcome: 'monitored',
      channels: ['whatsapp', 'sms', 'email'],
    });
    store = createMemoryAbuseStore();
    abuse = createAbuse({
      store: { abuse: store },
      pepper,
      outgoing,
      clock: { now: () => now },
      log,
      tally: { abuse() {} },
    });
    const degrade = { more: { abuse: { rules: { prefix: 'degrade' } } } };
    expect((await pump(40, degrade)).at(-1)).toBe('whatsapp email');
    expect(left(await ask({ phone: far(50), channels: ['sms'], ...degrade }))).toBe('OTP_SUSPECTED_ABUSE');
  });

  it('an attack spread over tenants is one attack', async () => {
    const said: string[] = [];
    for (let index = 0; index < 120; index += 1) {
      now += 2_000;
      said.push(left(await ask({ phone: far(index), tenantId: `small-${index % 40}` })));
    }
    expect(said.indexOf('whatsapp email')).toBeGreaterThanOrEqual(30);
    expect(said.at(-1)).toBe('whatsapp email');
  });

  it('somebody who used a code before is known, and passes; who did not ask for one does not', async () => {
    await pump(40);
    const known = far(77);
    store.know('acme', pepper.addressKey('acme', 'phone', known));
    expect(left(await ask({ phone: known }))).toBe(usual);
    expect(store.decisions.at(-1)).toMatchObject({
      outcome: 'allowed',
      reasons: [{}, { rule: 'known_recipient' }],
    });
    await abuse.hold([
      {
        tenantId: 'acme',
        key: abuseKeys(pepper, known, 'DE').range,
        rule: notRequestedRule(pepper, 'acme', known, 'auth'),
        name: 'x',
        until: now + 1_000,
        detail: {},
      },
    ]);
    expect(left(await ask({ phone: known }))).toBe('OTP_SUSPECTED_ABUSE');
    expect(left(await ask({ phone: known, request: { purpose: 'sign_up' } }))).toBe(usual);
  });

  it('a tenant that brings its own codes and reports no use is not taken for a robot', async () => {
    const own = { request: { sealedCode: 'brought' } };
    expect(new Set(await pump(60, own))).toEqual(new Set([usual]));
    const reported = { ...own, more: { abuse: { ownCodes: 'reported' } } };
    expect((await pump(60, reported)).at(-1)).toBe('OTP_SUSPECTED_ABUSE');
  });

  it('a country is degraded when its codes go unused, and its daily people still get WhatsApp', async () => {
    const azeri = (index: number): string => `+99450${String(2_000_000 + index * 7_919).slice(0, 7)}`;
    const said: string[] = [];
    for (let index = 0; index < 140; index += 1) {
      now += 20_000;
      said.push(left(await ask({ phone: azeri(index) })));
    }
    expect(said.indexOf('whatsapp email')).toBeGreaterThanOrEqual(50);
    expect(said.indexOf('whatsapp email')).toBeLessThan(60);
    expect(left(await ask({ phone: far(0) }))).toBe(usual);
  });
});

describe('a decision of the tenant', () => {
  let url: string;
  let answer: { status: number; body: string; afterMs?: number };
  let asked: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      if (answer.afterMs === undefined) response.writeHead(answer.status).end(answer.body);
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/decide`;
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const decide = (said: object | string, more: object = {}, status = 200): Promise<AbuseScreened> => {
    answer = { status, body: typeof said === 'string' ? said : JSON.stringify(said) };
    return ask({
      phone: far(3),
      email: 'ana@example.com',
      more: { abuse: { mode: 'allow' }, decision: { url, ...more } },
    });
  };

  it('allows, denies with a reason, narrows and reorders, and never adds a channel', async () => {
    expect(left(await decide({ decision: 'allow' }))).toBe(usual);
    expect(store.decisions).toEqual([]);
    expect(left(await decide({ decision: 'deny', reason: 'on our list' }))).toBe('OTP_DENIED');
    expect(store.decisions.at(-1)?.reasons).toEqual([
      { rule: 'tenant_decision', mode: 'block', detail: { reason: 'on our list' } },
    ]);
    expect(left(await decide({ decision: 'allow', channels: ['email', 'sms'] }))).toBe('email sms');
    expect(left(await decide({ decision: 'allow', channels: ['voice'] }))).toBe('OTP_DENIED');
  });

  it('is asked for with a signature, without the address unless the tenant wants it', async () => {
    await decide({ decision: 'allow' }, { secretVersion: 2 });
    const [first] = asked;
    if (!first) throw new Error('nobody was asked');
    expect(first.body).not.toContain(far(3));
    expect(JSON.parse(first.body)).toMatchObject({
      type: 'verification.decision',
      data: { tenant: 'acme', country: 'DE', numberType: 'MOBILE', channels: ['whatsapp', 'sms', 'email'] },
    });
    const call = {
      id: String(first.headers['webhook-id']),
      timestamp: Number(first.headers['webhook-timestamp']),
      body: first.body,
    };
    const both = [2, 1].map((version) => pepper.decisionSecret('acme', version));
    expect(first.headers['webhook-signature']).toBe(signWebhook(call, both));
    await decide({ decision: 'allow' }, { recipient: 'full' });
    expect(JSON.parse(asked.at(-1)?.body ?? '{}')).toMatchObject({ data: { to: { phone: far(3) } } });
  });

  it.each<[string, object | string, number]>([
    ['a fault', '', 500],
    ['a redirect', '', 302],
    ['no JSON', 'yes', 200],
    ['something else', { verdict: 'allow' }, 200],
    ['half an answer', '{"decision":"al', 200],
  ])('%s means what the tenant says it means', async (_, said, status) => {
    expect(left(await decide(said, { onFailure: 'allow' }, status))).toBe(usual);
    expect(store.decisions.at(-1)).toMatchObject({
      outcome: 'monitored',
      reasons: [{ rule: 'tenant_decision' }],
    });
    expect(left(await decide(said, { onFailure: 'deny' }, status))).toBe('OTP_DENIED');
  });

  it('is not waited for beyond its deadline', async () => {
    answer = { status: 200, body: '', afterMs: Number.POSITIVE_INFINITY };
    const startedAt = performance.now();
    const screened = await ask({
      phone: far(3),
      more: { abuse: { mode: 'allow' }, decision: { url, deadlineMs: 150, onFailure: 'deny' } },
    });
    expect(left(screened)).toBe('OTP_DENIED');
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(store.decisions.at(-1)?.reasons).toMatchObject([{ detail: { failure: 'timed_out' } }]);
  });

  it('is never asked for in the house’s own network', async () => {
    const guarded = createGuardedFetch();
    abuse = createAbuse({
      store: { abuse: store },
      pepper,
      outgoing: guarded,
      clock: { now: () => now },
      log,
      tally: { abuse() {} },
    });
    expect(left(await decide({ decision: 'allow' }, { onFailure: 'deny' }))).toBe('OTP_DENIED');
    expect(asked).toEqual([]);
    await guarded.close();
  });
});
