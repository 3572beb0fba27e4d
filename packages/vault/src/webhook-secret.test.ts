import { describe, expect, it } from '@jest/globals';
import { Secret } from '@otp-relay/core';
import { createWebhookSecret, signWebhook } from './webhook-secret.ts';

/** The example of the Standard Webhooks libraries. */
const call = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
const secret = new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');

describe('the signature of a webhook', () => {
  it('is that of Standard Webhooks', () => {
    expect(signWebhook(call, [secret])).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is given for every live secret', () => {
    const other = createWebhookSecret();
    const parts = signWebhook(call, [other, secret]).split(' ');
    expect(parts).toEqual([signWebhook(call, [other]), signWebhook(call, [secret])]);
  });

  it('is never made with nothing', () => {
    expect(() => signWebhook(call, [])).toThrow('without a signature');
    expect(() => signWebhook(call, [new Secret('whsec_')])).toThrow('too short');
  });
});

describe('a webhook secret', () => {
  it('is 32 random bytes that do not print', () => {
    const one = createWebhookSecret();
    expect(one.reveal()).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(one.reveal()).not.toBe(createWebhookSecret().reveal());
    expect(`${one}`).toBe('[secret]');
  });
});
