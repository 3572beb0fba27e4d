import { describe, expect, it } from '@jest/globals';
import { Secret } from '@otp-relay/core';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { attemptId } from '../conformance/conforms.ts';
import { fixture } from '../conformance/fixture.ts';
import { callbacks, twilioCall, twilioInput } from '../conformance/twilio-sms.ts';
import type { TwilioAccount } from './config.ts';
import { twilioSms } from './index.ts';

const parsed = twilioSms.parseAccount(twilioInput(1));
if (!parsed.ok) throw new Error('bad account');
const account: TwilioAccount = parsed.account;
const form = (params: Record<string, string>) => Buffer.from(new URLSearchParams(params).toString());
function read(params: Record<string, string>) {
  const outcome = twilioSms.webhook(twilioCall(form(params)), account);
  if (outcome.kind !== 'receipts') throw new Error(outcome.kind);
  return outcome.receipts;
}

interface Vector {
  authToken: string;
  url: string;
  params: Record<string, string>;
  rawBody?: string;
  header: string;
}
const vectors: Vector[] = fixture('twilio-sms/fixtures/signatures.json');

describe('twilio-sms webhook', () => {
  it.each(vectors)('agrees with the public signature vector $header', (vector) => {
    const vectorAccount = { ...account, authToken: new Secret(vector.authToken) };
    const call = (url: string, body: Buffer) =>
      twilioSms.webhook(
        {
          method: 'POST',
          url,
          headers: { 'x-twilio-signature': vector.header },
          query: Object.fromEntries(new URL(url).searchParams),
          rawBody: body,
        },
        vectorAccount,
      );
    const body = vector.rawBody === undefined ? form(vector.params) : Buffer.from(vector.rawBody);
    // Authentic, but no message status: 400. With one byte more it is no longer authentic: 401.
    expect(call(vector.url, body)).toMatchObject({ status: 400 });
    expect(call(vector.url, Buffer.concat([body, Buffer.from('&a=1')]))).toMatchObject({ status: 401 });
    expect(call(`${vector.url}1`, body)).toMatchObject({ status: 401 });
  });

  it('reads a delivered callback', () => {
    expect(read(callbacks.delivered)).toEqual([
      {
        attemptId,
        providerRef: 'SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
        status: 'delivered',
        dedupKey: expect.any(String),
        raw: { status: 'delivered' },
      },
    ]);
  });

  it('reads an undelivered callback with parameters nobody knows', () => {
    expect(read(callbacks.undelivered)).toEqual([
      expect.objectContaining({
        status: 'failed',
        failure: { kind: 'landline', scope: 'recipient', code: '30006' },
      }),
    ]);
  });

  it('signs over every parameter: none may be added, changed or removed', () => {
    const authentic = twilioCall(form(callbacks.undelivered));
    for (const params of [
      { ...callbacks.undelivered, Added: '1' },
      { ...callbacks.undelivered, SomethingNew: 'a b c' },
      callbacks.delivered,
    ]) {
      expect(twilioSms.webhook({ ...authentic, rawBody: form(params) }, account)).toMatchObject({
        status: 401,
      });
    }
    const other = authentic.url.replace('_2_1', '_2_2');
    expect(twilioSms.webhook({ ...authentic, url: other }, account)).toMatchObject({ status: 401 });
  });

  it('accepts a URL signed with or without its port', () => {
    const body = form(callbacks.delivered);
    const url = `https://relay.example.com/webhooks/twilio-sms/acme/acme-sms?attempt=${attemptId}`;
    const withPort = url.replace('example.com', 'example.com:443');
    for (const [signed, called] of [
      [url, withPort],
      [withPort, url],
    ] as const) {
      const signature = getExpectedTwilioSignature('auth-token-0123456789', signed, callbacks.delivered);
      const call = { ...twilioCall(body), url: called, headers: { 'x-twilio-signature': signature } };
      expect(twilioSms.webhook(call, account)).toMatchObject({ kind: 'receipts' });
    }
  });

  it('has no news in the statuses before sending', () => {
    for (const MessageStatus of ['queued', 'accepted', 'sending', 'scheduled', 'received', 'toString', '']) {
      expect(read({ ...callbacks.delivered, MessageStatus })).toEqual([]);
    }
  });

  it('keeps a failure without a code under its status, and an unknown code verbatim', () => {
    const [plain] = read({ ...callbacks.delivered, MessageStatus: 'failed' });
    expect(plain?.failure).toEqual({ kind: 'unknown', scope: 'request', code: 'failed' });
    const [coded] = read({ ...callbacks.delivered, MessageStatus: 'failed', ErrorCode: '39999' });
    expect(coded?.failure).toEqual({ kind: 'unknown', scope: 'request', code: '39999' });
  });

  it('ignores other accounts and attempt ids that are not ours', () => {
    expect(read({ ...callbacks.delivered, AccountSid: `AC${'b'.repeat(32)}` })).toEqual([]);
    const call = twilioCall(form(callbacks.delivered));
    const outcome = twilioSms.webhook({ ...call, query: { attempt: 'att_1' } }, account);
    expect(outcome).toMatchObject({ kind: 'receipts', receipts: [{ providerRef: expect.any(String) }] });
    expect(JSON.stringify(outcome)).not.toContain('att_1');
  });

  it('tells callbacks of one message apart by their status', () => {
    const keys = ['sent', 'delivered', 'sent'].map(
      (MessageStatus) => read({ ...callbacks.delivered, MessageStatus })[0]?.dedupKey,
    );
    expect(keys[0]).toBe(keys[2]);
    expect(keys[0]).not.toBe(keys[1]);
  });
});
