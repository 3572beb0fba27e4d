import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPepper, signWebhook } from '@otp-relay/vault';
import { createGuardedFetch, type GuardedFetch } from '../outgoing/guarded-fetch.ts';
import type { AbuseScreened } from './abuse-ask.ts';
import { type Abuse, createAbuse } from './create-abuse.ts';
import { createMemoryAbuseStore, type MemoryAbuseStore } from './simulation/memory-abuse-store.ts';
import { type Asked, asked as asking, far, left } from './testing/asked.ts';

const pepper = createPepper(randomBytes(32).toString('base64'));
const usual = 'whatsapp sms email';
const log = { debug() {}, info() {}, warn() {}, error() {} };

let store: MemoryAbuseStore;
let abuse: Abuse;
let outgoing: GuardedFetch;
const through = (outgoing: GuardedFetch): Abuse =>
  createAbuse({
    store: { abuse: store },
    pepper,
    outgoing,
    clock: { now: Date.now },
    log,
    tally: { abuse() {} },
  });

beforeEach(() => {
  store = createMemoryAbuseStore();
  outgoing = createGuardedFetch({ allowedNetworks: ['127.0.0.0/8'] });
  abuse = through(outgoing);
});
afterEach(async () => {
  await abuse.drain();
  await outgoing.close();
});
const ask = (it: Asked): Promise<AbuseScreened> => abuse.screen(asking(it));

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
    abuse = through(guarded);
    expect(left(await decide({ decision: 'allow' }, { onFailure: 'deny' }))).toBe('OTP_DENIED');
    expect(asked).toEqual([]);
    await guarded.close();
  });
});
