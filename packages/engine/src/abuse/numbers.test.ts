import { describe, expect, it } from '@jest/globals';
import { tenantConfig, verificationRequest } from '@otp-relay/contracts';
import { isRefusedType, type NumberType, type Purpose, type Step } from '@otp-relay/core';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { type Recipient, readRecipient } from '../recipient.ts';
import { judgeNumber } from './number-rules.ts';
import { seeded } from './simulation/seeded.ts';

const step = (channel: Step['channel']): Step => ({
  channel,
  provider: 'twilio-sms',
  account: channel,
  timeoutMs: 1,
  success: 'delivered',
  minLifeMs: 0,
});
const config = (more: object = {}) =>
  tenantConfig.parse({
    name: 'Acme',
    brand: 'Acme',
    countries: ['DE', 'US', 'GB'],
    accounts: { sms: { provider: 'twilio-sms' } },
    route: [{ channel: 'sms', account: 'sms' }],
    ...more,
  });

function judged(to: { phone: string; email?: string }, more: object = {}, purpose: Purpose = 'auth') {
  const recipient = readRecipient(to) as Recipient;
  if (recipient.callingCode === null) throw new Error(`${to.phone} was not read`);
  const request = { ...verificationRequest.parse({ to }), purpose };
  return judgeNumber(
    {
      tenant: { id: 'acme', config: config(more) },
      request,
      recipient,
      steps: [step('whatsapp'), step('sms'), step('email')],
      mode: 'live',
      source: 'http',
    },
    {
      phone: to.phone,
      callingCode: recipient.callingCode,
      country: recipient.country,
      possibleCountries: recipient.possibleCountries,
      type: recipient.numberType,
    },
  );
}
const codeOf = (to: { phone: string; email?: string }, more?: object, purpose?: Purpose) =>
  judged(to, more, purpose).refusal?.code;

describe('the country of a number', () => {
  it('10,000 numbers of all regions: none of a closed one gets through', () => {
    const chance = seeded(1);
    const regions = getCountries();
    const open = ['DE', 'US', 'GB'];
    let outside = 0;
    let inside = 0;
    for (let count = 0; count < 10_000; count += 1) {
      const region = chance.pick(regions);
      const phone = getExampleNumber(region, examples)?.number ?? '';
      const other = `${phone.slice(0, -3)}${chance.digits(3)}`;
      const recipient = readRecipient({ phone: other });
      if ('problem' in recipient) continue;
      const passed = judged({ phone: other }).steps.length > 0;
      if (passed && !open.includes(recipient.country ?? '?')) outside += 1;
      if (passed) inside += 1;
      if (!passed) expect(open).not.toContain(recipient.country);
    }
    expect(outside).toBe(0);
    expect(inside).toBeGreaterThan(50);
  });

  it('refuses a number that may belong to a closed country, and one that belongs to none', () => {
    // A range of +44 that Guernsey, Jersey or the Isle of Man may use as well.
    expect(codeOf({ phone: '+447700900123' })).toBe('OTP_COUNTRY_NOT_ALLOWED');
    expect(codeOf({ phone: '+882123456789' })).toBe('OTP_COUNTRY_NOT_ALLOWED');
    expect(codeOf({ phone: '+882123456789' }, { countries: 'all' })).toBeUndefined();
  });

  it('leaves the mailbox of a person whose phone is of a closed country', () => {
    const left = judged({ phone: '+33612345678', email: 'ana@example.com' });
    expect(left).toMatchObject({ outcome: 'degraded', reasons: [{ rule: 'country_not_allowed' }] });
    expect(left.steps.map((one) => one.channel)).toEqual(['email']);
  });

  it('is not opened by the safe list', () => {
    expect(codeOf({ phone: '+33612345678' }, { abuse: { safeList: ['+33'] } })).toBe(
      'OTP_COUNTRY_NOT_ALLOWED',
    );
  });
});

describe('the type of a number', () => {
  it.each<[NumberType, string]>([
    ['PREMIUM_RATE', '+19005551234'],
    ['TOLL_FREE', '+18005550100'],
    ['SHARED_COST', '+491801234567'],
    ['UAN', '+443301234567'],
    ['PAGER', '+447640123456'],
    ['VOICEMAIL', '+49177991234567'],
  ])('%s gets no codes', (type, phone) => {
    const recipient = readRecipient({ phone });
    expect(recipient).toMatchObject({ numberType: type });
    expect(codeOf({ phone })).toBe('OTP_NUMBER_REFUSED');
  });

  it('refuses VoIP as a second factor, and for nothing else', () => {
    expect(isRefusedType('VOIP', 'auth')).toBe(true);
    expect(isRefusedType('VOIP', 'sign_up')).toBe(false);
    expect(isRefusedType('MOBILE', 'auth')).toBe(false);
    expect(isRefusedType(null, 'auth')).toBe(false);
  });

  it('is refused as far as the tenant wants: per rule, per country, not for safe numbers', () => {
    const phone = '+19005551234';
    const degraded = judged({ phone }, { abuse: { rules: { number_type: 'degrade' } } });
    expect(degraded.steps.map((one) => one.channel)).toEqual(['whatsapp', 'email']);
    expect(judged({ phone }, { abuse: { mode: 'monitor' } })).toMatchObject({ outcome: 'monitored' });
    expect(judged({ phone }, { abuse: { countries: { US: { number_type: 'allow' } } } }).reasons).toEqual([]);
    expect(
      judged({ phone }, { abuse: { countries: { DE: { number_type: 'allow' } } } }).refusal,
    ).toBeDefined();
    expect(judged({ phone }, { abuse: { safeList: ['+1900555'] } }).reasons).toEqual([]);
  });
});
