import { Secret } from '@otp-relay/core';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { AccountInput, WebhookRequest } from '../provider.ts';
import type { TwilioAccount } from '../twilio-sms/config.ts';
import { twilioSms } from '../twilio-sms/index.ts';
import { attemptId } from './conforms.ts';
import { fixture } from './fixture.ts';
import { startHttpDouble } from './http-double.ts';
import type { Rig } from './rig.ts';

const errors = fixture('twilio-sms/fixtures/errors.json');
export const callbacks = fixture('twilio-sms/fixtures/callbacks.json');
export const created = { status: 201, body: fixture('twilio-sms/fixtures/created.json') };
const credentials = { authToken: 'auth-token-0123456789' };

export const twilioInput = (port: number): AccountInput => ({
  settings: {
    accountSid: 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    from: '+15005550006',
    baseUrl: `http://127.0.0.1:${port}`,
  },
  credentials,
});

/** A callback signed as Twilio signs it, for these bytes read as a form. */
export function twilioCall(body: Uint8Array, authToken = credentials.authToken): WebhookRequest {
  const url = `https://relay.example.com/webhooks/twilio-sms/acme/acme-sms?attempt=${attemptId}`;
  const params = new URLSearchParams(Buffer.from(body).toString('utf8'));
  const all = [...new Set(params.keys())].map((name) => [name, params.getAll(name)]);
  return {
    method: 'POST',
    url,
    headers: { 'x-twilio-signature': getExpectedTwilioSignature(authToken, url, Object.fromEntries(all)) },
    query: { attempt: attemptId },
    rawBody: body,
  };
}

export const twilioRig: Rig<TwilioAccount> = {
  provider: twilioSms,
  startDouble: () => startHttpDouble({ accept: created, refuse: errors.invalidNumber }),
  account: twilioInput,
  secrets: Object.values(credentials),
  to: '+14155552345',
  required: ['settings.accountSid', 'settings.from', 'credentials.authToken'],
  withoutSecrets: (account) => ({ ...account, authToken: new Secret('') }),
  authentic: (body) => twilioCall(body),
  proof: 'x-twilio-signature',
  report: Buffer.from(new URLSearchParams(callbacks.delivered).toString()),
};
