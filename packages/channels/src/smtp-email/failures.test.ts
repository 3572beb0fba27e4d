import { describe, expect, it } from '@jest/globals';
import { classOf, failureKinds } from '@otp-relay/core';
import { enhancedIn, replyFailureOf, smtpFailures, transportFailures } from './failures.ts';

describe('enhancedIn', () => {
  it.each([
    ['550 5.1.1 <a@b>: no such user', '5.1.1'],
    ['552-5.2.2 The email account', '5.2.2'],
    ['554 5.6.0 5.7.1 Message content rejected', '5.7.1'],
    ['#5.1.10 smtp;550', '5.1.10'],
    ['host 10.5.1.1 said no', undefined],
    ['version 5.1.1.4', undefined],
    ['550 no such user', undefined],
  ])('%s holds %s', (text, code) => {
    expect(enhancedIn(text)).toBe(code);
  });
});

describe('replyFailureOf', () => {
  it('reads every 4.x.y without a row of its own as "later"', () => {
    const failure = replyFailureOf({ text: '450 4.9.9 new', code: 450, command: 'RCPT TO' });
    expect(classOf(failure)).toBe('transient');
  });

  it('keeps what it does not know verbatim', () => {
    expect(replyFailureOf({ text: '599 what', code: 599, command: 'DATA' })).toEqual({
      kind: 'unknown',
      scope: 'recipient',
      code: '599',
      detail: '599 what',
    });
  });

  it('takes a refusal of the session as one of ourselves', () => {
    expect(replyFailureOf({ text: '554 5.7.1 listed', code: 554, command: 'CONN' }).scope).toBe('sender');
    expect(replyFailureOf({ text: '454 TLS not available', code: 454, command: 'STARTTLS' }).kind).toBe(
      'provider_unavailable',
    );
  });
});

describe('the tables', () => {
  it('never call a temporary reply permanent', () => {
    for (const [key, [kind]] of Object.entries(smtpFailures)) {
      const temporary = /(^| )4(\.|\d\d$)/.test(key);
      const [kindClass] = failureKinds[kind];
      if (kindClass === 'transient')
        expect([key, temporary || /^(503|5\.7\.28)$/.test(key)]).toEqual([key, true]);
      if (temporary) expect(['transient', 'channel', 'setup']).toContain(kindClass);
    }
  });

  it('call nothing uncertain that never began', () => {
    for (const [kind] of Object.values(transportFailures)) {
      expect(failureKinds[kind][0]).not.toBe('uncertain');
    }
  });
});
