import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Received } from '../testing/receiver.ts';
import { appSecret, type Stage, startStage } from '../testing/stage.ts';
import { hubSignature } from './signature.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const number = (mm: string) => `+1202555${mm}00`;
const statusesOf = (received: readonly Received[]) =>
  received.flatMap((one) => JSON.parse(one.body).entry[0].changes[0].value.statuses ?? []);

describe('status webhooks', () => {
  it('carry the attempt, the pricing and a signature over escaped bytes', async () => {
    const { json } = await stage.sendWhatsApp(number('00'));
    await stage.receiver.until((all) => all.length === 2);
    for (const one of stage.receiver.received) {
      expect(one.headers['x-hub-signature-256']).toBe(hubSignature(appSecret, one.body));
      expect(one.body).toContain('Zo\\u00eb');
    }
    const payload = JSON.parse(stage.receiver.received[0]!.body);
    expect(payload).toMatchObject({
      object: 'whatsapp_business_account',
      entry: [
        { changes: [{ field: 'messages', value: { metadata: { phone_number_id: '106540352242922' } } }] },
      ],
    });
    expect(statusesOf(stage.receiver.received)).toEqual(
      ['sent', 'delivered'].map((status) => ({
        id: json.messages[0].id,
        status,
        timestamp: expect.stringMatching(/^\d{10}$/),
        recipient_id: '12025550000',
        recipient_user_id: expect.stringMatching(/^US\.\d+$/),
        biz_opaque_callback_data: 'att_1',
        pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication' },
      })),
    );
  });

  it('omit contacts, pricing and user id on failed', async () => {
    await stage.sendWhatsApp(number('01'));
    await stage.receiver.until((all) => all.length === 1);
    const { value } = JSON.parse(stage.receiver.received[0]!.body).entry[0].changes[0];
    expect(value.contacts).toBeUndefined();
    expect(value.statuses).toEqual([
      {
        id: expect.any(String),
        status: 'failed',
        timestamp: expect.any(String),
        recipient_id: '12025550100',
        biz_opaque_callback_data: 'att_1',
        errors: [
          expect.objectContaining({ code: 131026, error_data: { details: 'Message Undeliverable.' } }),
        ],
      },
    ]);
  });

  it('are repeated ever more slowly until they are answered 200', async () => {
    await stage.call('PUT', '/_sim/settings', { metaRetryFirstMs: 20 });
    stage.receiver.answer = (_request, index) => ({ status: index < 3 ? [500, 204, 404][index]! : 200 });
    await stage.sendWhatsApp(number('02'));
    await stage.receiver.until((all) => all.length === 4);
    expect(new Set(stage.receiver.received.map((one) => one.body)).size).toBe(1);
    const times = stage.receiver.received.map((one) => one.at);
    for (const [index, leastMs] of [20, 40, 80].entries()) {
      expect(times[index + 1]! - times[index]!).toBeGreaterThanOrEqual(leastMs - 2);
    }
    const [message] = await stage.messages('attempt=att_1');
    expect(message?.receipts[0]?.answers.slice(0, 3)).toEqual([500, 204, 404]);
  });

  it('tell how long the first answer took', async () => {
    await stage.call('PUT', '/_sim/settings', { metaRetryFirstMs: 1 });
    stage.receiver.answer = (_request, index) => {
      const until = performance.now() + (index === 0 ? 40 : 0);
      while (performance.now() < until);
      return { status: index === 0 ? 500 : 200 };
    };
    await stage.sendWhatsApp(number('02'));
    await stage.receiver.until((all) => all.length === 2);
    const [message] = await stage.messages('attempt=att_1');
    expect(message?.receipts[0]?.firstAnswerMs).toBeGreaterThanOrEqual(40);
  });

  it('are gathered into one POST when a window is set', async () => {
    await stage.call('PUT', '/_sim/settings', { metaBatchMs: 60 });
    await Promise.all([1, 2, 3, 4, 5].map(() => stage.sendWhatsApp(number('00'))));
    await stage.receiver.until((all) => statusesOf(all).length === 10);
    expect(stage.receiver.received.length).toBeLessThan(5);
  });

  it('go to the account they belong to, under its own secret', async () => {
    await stage.call('PUT', '/_sim/accounts', {
      meta: { 106540352242922: { appSecret: 'its own', webhookUrl: `${stage.receiver.url}/hooks/acme` } },
    });
    await stage.sendWhatsApp(number('02'));
    await stage.receiver.until((all) => all.length === 1);
    const [one] = stage.receiver.received;
    expect(one?.url).toBe('/hooks/acme');
    expect(one?.headers['x-hub-signature-256']).toBe(hubSignature('its own', one!.body));
  });

  it('are withheld when webhooks are off, and dropped when pending ones are deleted', async () => {
    await stage.call('PUT', '/_sim/settings', { webhooks: false });
    await stage.sendWhatsApp(number('00'));
    const [message] = await stage.messages('arrived=true&waitMs=2000');
    expect(message?.receipts.map((receipt) => receipt.answers)).toEqual([['withheld'], ['withheld']]);
    expect(message?.receipts.map((receipt) => receipt.firstAnswerMs)).toEqual([null, null]);
    await stage.call('PUT', '/_sim/settings', {
      webhooks: true,
      sentAfterMs: 60_000,
      deliveredAfterMs: 60_000,
    });
    await stage.sendWhatsApp(number('00'));
    expect((await stage.call('DELETE', '/_sim/webhooks/pending')).json).toEqual({ dropped: 2 });
    expect(stage.receiver.received).toEqual([]);
  });

  it('report a tap on “I didn’t request a code”', async () => {
    const { json } = await stage.sendWhatsApp(number('24'));
    await stage.receiver.until((all) => all.length === 3);
    const { value } = JSON.parse(stage.receiver.received[2]!.body).entry[0].changes[0];
    expect(value.messages).toEqual([
      expect.objectContaining({
        context: { from: '15550783881', id: json.messages[0].id },
        from: '12025552400',
        type: 'button',
        button: { payload: 'DID_NOT_REQUEST_CODE', text: "I didn't request a code" },
      }),
    ]);
  });
});

describe('hub challenge', () => {
  it('verifies a callback that echoes the challenge for the right token', async () => {
    stage.receiver.answer = ({ url }) => {
      const query = new URL(url, 'http://x').searchParams;
      return query.get('hub.verify_token') === 'simulator-verify-token'
        ? { status: 200, body: query.get('hub.challenge') ?? '' }
        : { status: 403 };
    };
    const verify = async () => (await stage.call('POST', '/_sim/webhooks/verify', {})).json.verified;
    expect(await verify()).toBe(true);
    stage.receiver.answer = () => ({ status: 200, body: 'ok' });
    expect(await verify()).toBe(false);
  });
});
