import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { attemptId, messageTo } from '../conformance/conforms.ts';
import { fixture } from '../conformance/fixture.ts';
import { type HttpDouble, startHttpDouble } from '../conformance/http-double.ts';
import { created, twilioInput } from '../conformance/twilio-sms.ts';
import type { AccountInput, OutboundMessage, Sender } from '../provider.ts';
import { twilioSms } from './index.ts';

const errors = fixture('twilio-sms/fixtures/errors.json');
const accountSid = 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const message = (more: Partial<OutboundMessage> = {}) => messageTo('+14155552345', more);

describe('twilio-sms send', () => {
  let double: HttpDouble;
  let sender: Sender;

  const openWith = (input: AccountInput): Sender => {
    const parsed = twilioSms.parseAccount(input);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return twilioSms.open(parsed.account);
  };
  beforeAll(async () => {
    double = await startHttpDouble({ accept: created, refuse: errors.invalidNumber });
    sender = openWith(twilioInput(double.port));
  });
  beforeEach(() => double.behave('accept'));
  afterAll(async () => {
    await sender.close();
    await double.close();
  });
  const lastForm = () => Object.fromEntries(new URLSearchParams(double.calls.at(-1)?.body));

  it('creates a message that finds its attempt again', async () => {
    expect(await sender.send(message())).toEqual({
      kind: 'accepted',
      providerRef: 'SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    });
    const call = double.calls.at(-1)!;
    expect(call.method).toBe('POST');
    expect(call.url).toBe(`/2010-04-01/Accounts/${accountSid}/Messages.json`);
    expect(call.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`${accountSid}:auth-token-0123456789`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': expect.stringMatching(/^twilio-node\//),
    });
    expect(lastForm()).toEqual({
      To: '+14155552345',
      From: '+15005550006',
      Body: '483920 is your Example code.',
      ValidityPeriod: '300',
      StatusCallback: `https://relay.example.com/webhooks/p/acme/main?attempt=${attemptId}#rc=5&rp=all`,
    });
  });

  it.each([
    [999, '1'],
    [-5, '1'],
    [90_900, '90'],
    [86_400_000, '36000'],
  ])('keeps the message no longer than the code: %i ms gives %s s', async (lifeMs, seconds) => {
    await sender.send(message({ lifeMs }));
    expect(lastForm().ValidityPeriod).toBe(seconds);
  });

  it('sends through a Messaging Service, with an API key, and asks for no callback without a URL', async () => {
    const other = openWith({
      settings: {
        accountSid,
        messagingServiceSid: `MG${'b'.repeat(32)}`,
        baseUrl: `http://127.0.0.1:${double.port}/`,
      },
      credentials: { authToken: 'auth-token', apiKeySid: `SK${'c'.repeat(32)}`, apiKeySecret: 'key-secret' },
    });
    const { callbackUrl: _, ...rest } = message();
    expect(await other.send(rest)).toMatchObject({ kind: 'accepted' });
    await other.close();
    const call = double.calls.at(-1)!;
    expect(call.headers.authorization).toBe(
      `Basic ${Buffer.from(`SK${'c'.repeat(32)}:key-secret`).toString('base64')}`,
    );
    expect(call.url).toBe(`/2010-04-01/Accounts/${accountSid}/Messages.json`);
    expect(lastForm()).toMatchObject({ MessagingServiceSid: `MG${'b'.repeat(32)}` });
    expect(lastForm()).not.toHaveProperty('From');
    expect(lastForm()).not.toHaveProperty('StatusCallback');
  });

  it.each([
    ['invalidNumber', 'refused', 'invalid_number', '21211'],
    ['unsubscribed', 'refused', 'unsubscribed', '21610'],
    ['authenticate', 'refused', 'auth_failed', '20003'],
    ['tooMany', 'refused', 'rate_limited', '20429'],
    ['internal', 'uncertain', 'unreadable_answer', '20500'],
    ['unavailable', 'refused', 'provider_unavailable', '20503'],
    ['fraud', 'refused', 'suspected_fraud', '30450'],
    ['unknown', 'refused', 'unknown', '29999'],
  ])('reads the recorded answer %s', async (name, kind, failure, code) => {
    double.script(errors[name]);
    const outcome = await sender.send(message());
    expect(outcome).toMatchObject({ kind, failure: { kind: failure, code } });
    expect(JSON.stringify(outcome)).not.toMatch(/1415|auth-token/);
  });

  it.each([
    [500, '{"code":77777,"message":"boom"}', 'uncertain', 'unreadable_answer'],
    [502, '<html>', 'uncertain', 'unreadable_answer'],
    [201, '{"sid":"nonsense"}', 'uncertain', 'unreadable_answer'],
    [201, '[]', 'uncertain', 'unreadable_answer'],
    [201, 'null', 'uncertain', 'unreadable_answer'],
    [400, 'null', 'refused', 'unknown'],
    [429, '', 'refused', 'rate_limited'],
    [403, '"no"', 'refused', 'unknown'],
  ])('judges %i with body %s', async (status, body, kind, failure) => {
    double.script({ status, body });
    expect(await sender.send(message())).toMatchObject({ kind, failure: { kind: failure } });
  });

  it('reads the newer error form (RFC 9457), and Retry-After', async () => {
    const body = { type: 'https://t', title: 'Too many', status: 429, code: 20429, detail: 'slow down' };
    double.script({ status: 429, body, headers: { 'retry-after': '1' } });
    expect(await sender.send(message())).toEqual({
      kind: 'refused',
      failure: { kind: 'rate_limited', scope: 'account', code: '20429', detail: 'slow down' },
      retryAfterMs: 1_000,
    });
  });

  it('refuses what was created and failed in one breath', async () => {
    const body = { ...created.body, status: 'failed', error_code: 30034, error_message: 'not registered' };
    double.script({ status: 201, body });
    expect(await sender.send(message())).toMatchObject({
      kind: 'refused',
      failure: { kind: 'sender_not_approved', scope: 'sender', code: '30034' },
    });
  });

  it('takes neither host nor credentials from the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { TWILIO_REGION: 'au1', TWILIO_EDGE: 'sydney', TWILIO_AUTH_TOKEN: 'other' });
    try {
      expect(await sender.send(message())).toMatchObject({ kind: 'accepted' });
      expect(double.calls.at(-1)?.headers.host).toBe(`127.0.0.1:${double.port}`);
    } finally {
      process.env = before;
    }
  });
});
