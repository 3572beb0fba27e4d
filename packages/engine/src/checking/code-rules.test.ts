import { describe, expect, it } from '@jest/globals';
import { tenantConfig } from '@otp-relay/contracts';
import { purposes } from '@otp-relay/core';
import { codeRules } from './code-rules.ts';

const codesOf = (codes?: object) =>
  tenantConfig.shape.codes.parse(codes) as ReturnType<typeof tenantConfig.parse>['codes'];
const mail = [{ channel: 'email' }] as const;
const phones = [{ channel: 'sms' }, { channel: 'email' }] as const;

describe('codeRules', () => {
  it('are six digits for ten minutes and five guesses, for every purpose', () => {
    for (const purpose of purposes)
      expect(codeRules(codesOf(), { purpose }, phones)).toEqual({
        length: 6,
        alphabet: 'digits',
        lifeMs: 600_000,
        maxChecks: 5,
      });
  });

  it('differ by purpose where the tenant says so, and by request where that may', () => {
    const codes = codesOf({
      length: 5,
      maxChecks: 4,
      purposes: { payment: { length: 8, alphabet: 'letters_digits', lifeMs: 90_000, maxChecks: 3 } },
    });
    expect(codeRules(codes, { purpose: 'payment' }, phones)).toEqual({
      length: 8,
      alphabet: 'letters_digits',
      lifeMs: 90_000,
      maxChecks: 3,
    });
    expect(codeRules(codes, { purpose: 'auth' }, phones)).toMatchObject({ length: 5, maxChecks: 4 });
    expect(codeRules(codes, { purpose: 'payment', codeLength: 10, lifeMs: 60_000 }, phones)).toMatchObject({
      length: 10,
      lifeMs: 60_000,
      maxChecks: 3,
    });
  });

  const day = 86_400_000;
  it.each([
    ['auth', day, mail, 600_000],
    ['payment', day, mail, 600_000],
    ['sign_up', day, mail, 3_600_000],
    ['signature', day, mail, 3_600_000],
    ['password_reset', day, mail, day],
    ['password_reset', day, phones, 3_600_000],
    ['password_reset', 1_800_000, phones, 1_800_000],
    ['auth', 1, mail, 60_000],
  ] as const)('a %s code asked to live %i ms over %j lives %i', (purpose, lifeMs, steps, lives) => {
    expect(codeRules(codesOf(), { purpose, lifeMs }, steps).lifeMs).toBe(lives);
  });

  it('refuse what no code may be', () => {
    for (const codes of [
      { length: 3 },
      { length: 11 },
      { alphabet: 'emoji' },
      { maxChecks: 11 },
      { maxChecks: 0 },
      { purposes: { auth: { lifeMs: 600_001 } } },
      { purposes: { password_reset: { lifeMs: 86_400_001 } } },
      { purposes: { login: {} } },
    ])
      expect(() => codesOf(codes)).toThrow();
  });
});
