import { describe, expect, it } from '@jest/globals';
import { shelf, type WebhookRequest } from '@otp-relay/channels';
import { providers } from '@otp-relay/core';

const call = (provider: string, more: Partial<WebhookRequest>): WebhookRequest => ({
  method: 'POST',
  url: `http://127.0.0.1:3000/webhooks/${provider}/acme/one`,
  headers: {
    'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
    'x-twilio-signature': 'AAAA',
    authorization: 'Bearer x',
  },
  query: {},
  rawBody: Buffer.from('{}'),
  ...more,
});

/** What providers refuse for reasons of their own; each real account answers all of it exactly as the stranger's does. */
const calls: readonly Partial<WebhookRequest>[] = [
  {},
  { method: 'GET' },
  { method: 'GET', query: { 'hub.mode': 'subscribe', 'hub.challenge': '1', 'hub.verify_token': 'guess' } },
  { method: 'PUT' },
  { headers: {} },
  { rawBody: Buffer.alloc(0) },
  { rawBody: Buffer.alloc(4_000_000) },
];

const accounts = {
  'meta-whatsapp': {
    settings: { phoneNumberId: '106540352242922', template: { name: 'code', languages: ['en_US'] } },
    credentials: { accessToken: 'a-token', appSecret: 'a-secret', verifyToken: 'a-verify-token' },
  },
  'twilio-sms': {
    settings: { accountSid: `AC${'5e'.repeat(16)}`, from: '+15005550006' },
    credentials: { authToken: 'an-auth-token' },
  },
  'smtp-email': {
    settings: { host: 'localhost', from: 'no-reply@acme.example' },
    credentials: { bounceToken: 'a-bounce-token' },
  },
} as const;

describe('a webhook for an account that does not exist', () => {
  it.each(providers)('answers as a real %s account answers a forger', (name) => {
    const provider = shelf[name];
    const parsed = provider.parseAccount(accounts[name]);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    for (const more of calls) {
      const request = call(name, more);
      expect(provider.webhook(request, provider.stranger)).toEqual(provider.webhook(request, parsed.account));
      expect(provider.webhook(request, provider.stranger).kind).toBe('refused');
    }
  });
});
