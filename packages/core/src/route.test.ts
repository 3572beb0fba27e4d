import { describe, expect, it } from '@jest/globals';
import type { Channel } from './channel.ts';
import type { TenantRoute } from './route.ts';
import { planRoute } from './route.ts';
import type { Step } from './verification.ts';

const step = (channel: Channel, account = 'a'): Step => ({
  channel,
  provider: 'twilio-sms',
  account,
  timeoutMs: 25_000,
  success: 'delivered',
  minLifeMs: 0,
});
const whatsapp = step('whatsapp');
const sms = step('sms');
const email = step('email');

const fallback: TenantRoute = { steps: [whatsapp, sms, email] };
const brazil: TenantRoute = { callingCode: '55', steps: [whatsapp, email] };
const payments: TenantRoute = { purpose: 'payment', steps: [sms] };
const brazilPayments: TenantRoute = { purpose: 'payment', callingCode: '55', steps: [sms, email] };
const all = [fallback, brazil, payments, brazilPayments];

describe('planRoute', () => {
  it.each([
    ['purpose and country', 'payment', '55', brazilPayments],
    ['purpose before country', 'payment', '1', payments],
    ['country', 'auth', '55', brazil],
    ['the default', 'auth', '1', fallback],
    ['the default when there is no phone', 'auth', null, fallback],
    ['purpose when there is no phone', 'payment', null, payments],
  ] as const)('takes the most specific route: %s', (_name, purpose, callingCode, expected) => {
    expect(planRoute(all, { purpose, callingCode })).toEqual(expected.steps);
    expect(planRoute([...all].reverse(), { purpose, callingCode })).toEqual(expected.steps);
  });

  it('prefers purpose over country when no route names both', () => {
    expect(planRoute([fallback, brazil, payments], { purpose: 'payment', callingCode: '55' })).toEqual([sms]);
  });

  it('takes the first of two equally specific routes', () => {
    const routes = [{ steps: [sms] }, { steps: [email] }];
    expect(planRoute(routes, { purpose: 'auth', callingCode: null })).toEqual([sms]);
  });

  it('is empty when no route applies', () => {
    expect(planRoute([brazil], { purpose: 'auth', callingCode: '1' })).toEqual([]);
    expect(planRoute([], { purpose: 'auth', callingCode: '1' })).toEqual([]);
  });

  it('narrows and reorders to what the request wants', () => {
    const request = { purpose: 'auth', callingCode: '1', wanted: ['email', 'whatsapp'] } as const;
    expect(planRoute(all, request)).toEqual([email, whatsapp]);
  });

  it('never reaches further than the tenant allows', () => {
    const request = { purpose: 'auth', callingCode: '55', wanted: ['sms', 'voice', 'email'] } as const;
    expect(planRoute(all, request)).toEqual([email]);
  });

  it('keeps every account of a wanted channel, in the order of the route', () => {
    const second = step('sms', 'b');
    const routes = [{ steps: [sms, email, second] }];
    expect(planRoute(routes, { purpose: 'auth', callingCode: '1', wanted: ['sms'] })).toEqual([sms, second]);
  });

  it('tries no step twice because a request names a channel twice', () => {
    const request = { purpose: 'auth', callingCode: '1', wanted: ['sms', 'email', 'sms'] } as const;
    expect(planRoute(all, request)).toEqual([sms, email]);
  });

  it('marks the steps that cannot show the transaction, for that purpose alone', () => {
    const routes: TenantRoute[] = [{ steps: [{ ...whatsapp, hides: ['payment'] }, sms] }];
    const plan = (purpose: 'payment' | 'auth') => planRoute(routes, { purpose, callingCode: null });
    expect(plan('payment')).toEqual([{ ...whatsapp, hidesContext: true }, sms]);
    expect(plan('auth')).toEqual([whatsapp, sms]);
  });
});
