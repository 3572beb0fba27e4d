import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '@otp-relay/core';
import { fixture } from '../conformance/fixture.ts';
import { metaCall, metaInput } from '../conformance/meta-whatsapp.ts';
import type { WebhookOutcome, WebhookRequest } from '../provider.ts';
import type { MetaAccount } from './config.ts';
import { metaWhatsapp } from './index.ts';

const events = fixture('meta-whatsapp/fixtures/events.json');
const parsed = metaWhatsapp.parseAccount(metaInput(1));
if (!parsed.ok) throw new Error('bad account');
const account: MetaAccount = parsed.account;

const call = (event: unknown): WebhookOutcome =>
  metaWhatsapp.webhook(metaCall(Buffer.from(JSON.stringify(event))), account);
function read(event: unknown) {
  const outcome = call(event);
  if (outcome.kind !== 'receipts') throw new Error(outcome.kind);
  return outcome;
}
/** One event with these statuses for this phone number. */
const withStatuses = (statuses: unknown[], phone = '106540352242922') => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '102290129340398',
      changes: [{ field: 'messages', value: { metadata: { phone_number_id: phone }, statuses } }],
    },
  ],
});
const challenge = (query: Record<string, string>): WebhookRequest => ({
  method: 'GET',
  url: 'https://relay.example.com/webhooks/meta-whatsapp/acme/acme-wa',
  headers: {},
  query,
  rawBody: new Uint8Array(),
});

describe('meta-whatsapp webhook', () => {
  it('answers the subscription handshake, with the right token only', () => {
    const query = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444' };
    const ask = (more: Record<string, string>, who = account) =>
      metaWhatsapp.webhook(challenge({ ...query, ...more }), who);
    expect(ask({ 'hub.verify_token': 'verify-token' })).toEqual({ kind: 'challenge', body: '1158201444' });
    for (const token of ['', 'verify', 'verify-token2', 'VERIFY-TOKEN']) {
      expect(ask({ 'hub.verify_token': token })).toMatchObject({ kind: 'refused', status: 403 });
    }
    expect(ask({ 'hub.verify_token': 'verify-token', 'hub.challenge': '<script>' })).toMatchObject({
      status: 403,
    });
    const bare = { ...account, verifyToken: new Secret('') };
    expect(ask({ 'hub.verify_token': '' }, bare)).toMatchObject({ status: 403 });
  });

  it('agrees with the public signature vector, on the bytes as sent', () => {
    const vector = fixture('meta-whatsapp/fixtures/signature.json');
    const vectorAccount = { ...account, appSecret: new Secret(vector.appSecret) };
    const outcomeOf = (body: string) =>
      metaWhatsapp.webhook(
        { ...metaCall(Buffer.from(body)), headers: { 'x-hub-signature-256': vector.header } },
        vectorAccount,
      );
    // Authentic, but no JSON: 400. The decoded text is not what was signed: 401.
    expect(outcomeOf(vector.rawBodyAsSentByMeta)).toMatchObject({ status: 400 });
    expect(outcomeOf(vector.decodedBody)).toMatchObject({ status: 401 });
  });

  it('reads a delivered status', () => {
    expect(read(events.delivered)).toEqual({
      kind: 'receipts',
      notices: [],
      receipts: [
        {
          attemptId: 'att_01jd3x5k8w2m9q7r4t6v8y0abc_0_1',
          providerRef: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQUFERjg0NDEzNDdFODU3MUMxMAA=',
          status: 'delivered',
          at: 1750030073000,
          dedupKey: expect.any(String),
          raw: {
            status: 'delivered',
            pricing: { category: 'authentication', type: 'regular', pricing_model: 'PMP' },
          },
        },
      ],
    });
  });

  it('reads a failed status without contacts and callback data', () => {
    const [receipt] = read(events.failed).receipts;
    expect(receipt).toMatchObject({
      providerRef: 'wamid.HBgLMTY1MDU1NTEyMzQVAgA=',
      status: 'failed',
      failure: {
        kind: 'not_on_whatsapp',
        scope: 'recipient',
        code: '131026',
        detail: 'Message Undeliverable.',
      },
    });
    expect(receipt).not.toHaveProperty('attemptId');
  });

  it('reads batches, skipping strange members and unknown statuses', () => {
    const status = (id: string, level: string) => ({ id, status: level, timestamp: '1750030073' });
    const event = withStatuses([
      status('wamid.1', 'sent'),
      null,
      { status: 'sent' },
      status('wamid.2', 'played'),
      status('wamid.3', 'warning'),
      status('wamid.4', 'constructor'),
      { ...status('wamid.5', 'failed'), errors: 'none' },
    ]);
    event.entry.push(...withStatuses([status('wamid.6', 'read')]).entry);
    expect(read(event).receipts.map(({ providerRef, status }) => [providerRef, status])).toEqual([
      ['wamid.1', 'sent'],
      ['wamid.2', 'read'],
      ['wamid.5', 'failed'],
      ['wamid.6', 'read'],
    ]);
  });

  it('tells reports of one message apart, and only those', () => {
    const report = (status: string, timestamp: string) =>
      read(withStatuses([{ id: 'wamid.1', status, timestamp }])).receipts[0]?.dedupKey;
    const keys = [
      report('sent', '1'),
      report('delivered', '1'),
      report('delivered', '2'),
      report('sent', '1'),
    ];
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toBe(keys[3]);
  });

  it('ignores other numbers, other WABAs and callback data that is not ours', () => {
    expect(read(withStatuses([{ id: 'wamid.1', status: 'sent' }], '999')).receipts).toEqual([]);
    const foreign = structuredClone(events.templatePaused);
    foreign.entry[0].id = '1';
    expect(read(foreign).notices).toEqual([]);
    const [receipt] = read(
      withStatuses([{ id: 'wamid.1', status: 'sent', biz_opaque_callback_data: 'att_x; drop' }]),
    ).receipts;
    expect(receipt).not.toHaveProperty('attemptId');
  });

  it.each([
    ['didNotRequestCode', { type: 'did_not_request_code', attemptRef: 'wamid.the-otp-message', detail: {} }],
    [
      'templatePaused',
      {
        type: 'template_status',
        at: 1751247548000,
        detail: {
          event: 'PAUSED',
          message_template_name: 'verification_code',
          message_template_language: 'en-US',
          reason: 'NONE',
        },
      },
    ],
    [
      'templateQuality',
      { type: 'template_quality', detail: { previous_quality_score: 'GREEN', new_quality_score: 'YELLOW' } },
    ],
    ['accountRestricted', { type: 'account', detail: { event: 'ACCOUNT_RESTRICTION' } }],
  ])('turns %s into a notice', (name, expected) => {
    const outcome = read(events[name]);
    expect(outcome.receipts).toEqual([]);
    expect(outcome.notices).toHaveLength(1);
    expect(outcome.notices[0]).toMatchObject(expected);
    expect(JSON.stringify(outcome.notices)).not.toMatch(/Test Name|12345678|1650555/);
  });

  it.each([
    ['{', 400],
    ['[]', 400],
    ['null', 400],
    ['{"object":"page","entry":[]}', 400],
  ])('refuses the signed body %s', (body, status) => {
    expect(metaWhatsapp.webhook(metaCall(Buffer.from(body)), account)).toMatchObject({
      kind: 'refused',
      status,
    });
  });

  it('survives a body nested a hundred thousand deep', () => {
    const deep = `${'['.repeat(1e5)}${']'.repeat(1e5)}`;
    const text = JSON.stringify(events.templatePaused).replace('"NONE"', deep);
    expect(metaWhatsapp.webhook(metaCall(Buffer.from(text)), account).kind).toMatch(/receipts|refused/);
  });

  it('accepts the very bytes only', () => {
    const body = Buffer.from(JSON.stringify(events.delivered));
    const authentic = metaCall(body);
    const reserialised = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
    expect(metaWhatsapp.webhook({ ...authentic, rawBody: reserialised }, account)).toMatchObject({
      status: 401,
    });
    const upper = `sha256=${createHmac('sha256', 'app-secret-0123').update(body).digest('hex').toUpperCase()}`;
    expect(
      metaWhatsapp.webhook({ ...authentic, headers: { 'x-hub-signature-256': upper } }, account),
    ).toMatchObject({ status: 401 });
  });
});
