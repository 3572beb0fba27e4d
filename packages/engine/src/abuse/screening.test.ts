import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPepper } from '@otp-relay/vault';
import { createGuardedFetch, type GuardedFetch } from '../outgoing/guarded-fetch.ts';
import type { AbuseScreened } from './abuse-ask.ts';
import { abuseKeys, notRequestedRule, usesOf } from './abuse-keys.ts';
import { type Abuse, createAbuse } from './create-abuse.ts';
import { createMemoryAbuseStore, type MemoryAbuseStore } from './simulation/memory-abuse-store.ts';
import { type Asked, asked, far, left } from './testing/asked.ts';

const pepper = createPepper(randomBytes(32).toString('base64'));
const minuteMs = 60_000;
const alarms: object[] = [];
const log = { debug() {}, info() {}, warn: (about: object) => void alarms.push(about), error() {} };
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

const ask = (it: Asked): Promise<AbuseScreened> => abuse.screen(asked(it));
const usual = 'whatsapp sms email';
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
  it('an honest request costs one statement, and none with the rules off, as a test, or for a safe number', async () => {
    expect(left(await ask({ phone: far(0) }))).toBe(usual);
    await ask({ email: 'ana@example.com' });
    await ask({ phone: far(0), channels: ['email'] as const });
    expect(statements).toBe(3);
    const uncounted = { abuse: { rules: { unapproved: 'allow' } } };
    for (const free of [
      { phone: far(0), more: { abuse: { mode: 'allow' } } },
      { email: 'ana@example.com', more: uncounted },
      { phone: far(0), mode: 'test' as const },
      { phone: far(0), more: { abuse: { safeList: ['+49151'] } } },
      { phone: far(0), channels: ['email'] as const, more: uncounted },
    ])
      await ask(free);
    expect(statements).toBe(3);
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

  it.each([
    ['phone', { phone: far(3) }, pepper.addressKey('acme', 'phone', far(3))],
    ['mail', { email: 'ana@example.com' }, pepper.addressKey('acme', 'email', 'ana@example.com')],
  ] as const)(
    'three codes that one person did not approve are enough for an hour, by %s',
    async (_, who, key) => {
      const route = 'phone' in who ? usual : 'whatsapp sms email';
      for (let index = 0; index < 3; index += 1) {
        expect(left(await ask(who))).toBe(route);
        store.leave('acme', key);
      }
      store.know('acme', key);
      expect(await ask(who)).toMatchObject({
        code: 'OTP_SUSPECTED_ABUSE',
        problems: [{ path: 'phone' in who ? 'to.phone' : 'to.email' }],
      });
      expect(store.decisions).toMatchObject([
        { outcome: 'refused', reasons: [{ rule: 'unapproved', mode: 'block', detail: { unapproved: 3 } }] },
      ]);
      const of = (mode: string) => ({ ...who, more: { abuse: { rules: { unapproved: mode } } } });
      expect(left(await ask(of('monitor')))).toBe(route);
      expect(left(await ask(of('degrade')))).toBe('whatsapp email');
      expect(store.decisions.map(({ outcome }) => outcome)).toEqual(['refused', 'monitored', 'degraded']);
      expect(left(await ask({ ...who, more: { abuse: { limits: { unapprovedPerHour: 4 } } } }))).toBe(route);
      expect(left(await ask({ ...who, request: { sealedCode: 'brought' } }))).toBe(route);
      expect(left(await ask({ ...who, tenantId: 'globex' }))).toBe(route);
      expect(store.decisions).toHaveLength(3);
    },
  );

  it('what is sent once more is not counted, but what stands against it since holds', async () => {
    const again = async (it: Asked) =>
      left(await abuse.screenAgain({ ...asked(it), verificationId: 'vrf_x' }));
    for (let index = 0; index < 60; index += 1) expect(await again({ phone: far(index) })).toBe(usual);
    expect(store.decisions).toEqual([]);
    await pump(40);
    expect(await again({ phone: far(70) })).toBe('OTP_SUSPECTED_ABUSE');
    expect(store.decisions.at(-1)).toMatchObject({
      verificationId: 'vrf_x',
      outcome: 'refused',
      reasons: [{ rule: 'prefix', detail: { standing: true } }],
    });
    expect(await again({ phone: far(70), more: { countries: ['FR'] } })).toBe('OTP_COUNTRY_NOT_ALLOWED');
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
