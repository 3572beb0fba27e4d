import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Stage, startStage, whatsAppBody } from '../testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const to = '+12025550000';
type Draft = { name: string; components: { parameters: unknown[] }[] };

const template = (change: (template: Draft) => void): Record<string, unknown> => {
  const body = structuredClone(whatsAppBody(to)) as { template: Draft };
  change(body.template);
  return { template: body.template };
};

describe('POST /<version>/<phone number id>/messages', () => {
  it('accepts an authentication template and puts it on the phone', async () => {
    const answer = await stage.sendWhatsApp(to);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('facebook-api-version')).toBe('v25.0');
    expect(answer.json).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: to, wa_id: '12025550000' }],
      messages: [{ id: expect.stringMatching(/^wamid\.[\w+/=]+$/), message_status: 'accepted' }],
    });
    const [message] = await stage.messages('attempt=att_1&arrived=true&waitMs=2000');
    expect(message).toMatchObject({
      channel: 'whatsapp',
      to,
      code: '482913',
      text: '*482913* is your verification code. For your security, do not share this code.\nThis code expires in 10 minutes.',
      status: 'delivered',
    });
  });

  const refused: [string, number, number, Record<string, unknown>][] = [
    ['another product', 400, 100, { messaging_product: 'messenger' }],
    ['no recipient', 400, 131008, { to: undefined }],
    ['a malformed recipient', 400, 131009, { to: 'someone' }],
    ['a business-scoped user id', 400, 131062, { to: undefined, recipient: 'US.123' }],
    ['an unsupported type', 400, 131051, { type: 'location' }],
    ['Direct Send', 400, 100, { type: 'text', category: 'authentication', text: { body: 'x' } }],
    ['callback data over 512 characters', 400, 131009, { biz_opaque_callback_data: 'x'.repeat(513) }],
    ['an unknown template', 404, 132001, template((t) => Object.assign(t, { name: 'unknown_one' }))],
    ['an unknown language', 404, 132001, template((t) => Object.assign(t, { language: { code: 'xx' } }))],
    ['a paused template', 400, 132015, template((t) => Object.assign(t, { name: 'paused_one' }))],
    ['a disabled template', 400, 132016, template((t) => Object.assign(t, { name: 'disabled_one' }))],
    ['no body parameter', 400, 132000, template((t) => t.components.shift())],
    [
      'two body parameters',
      400,
      132000,
      template((t) => t.components[0]!.parameters.push({ type: 'text', text: '1' })),
    ],
    ['no button', 400, 131008, template((t) => t.components.pop())],
    ['a code over 15 characters', 400, 132012, whatsAppBody(to, '1'.repeat(16))],
    ['an emoji', 400, 132012, whatsAppBody(to, '12👍34')],
    [
      'two different codes',
      400,
      132018,
      template((t) => Object.assign(t.components[1]!, { parameters: [{ type: 'text', text: '1' }] })),
    ],
  ];

  it.each(refused)('refuses %s with HTTP %i and code %i', async (_what, status, code, over) => {
    const answer = await stage.sendWhatsApp(to, over);
    expect(answer.status).toBe(status);
    expect(answer.json.error).toMatchObject({ type: 'OAuthException', code, fbtrace_id: expect.any(String) });
    expect((await stage.call('GET', '/_sim/calls')).json.calls).toEqual([
      expect.objectContaining({
        outcome: 'refused',
        errorCode: code,
        attemptId: expect.anything(),
        messageId: null,
      }),
    ]);
    expect(await stage.messages('')).toEqual([]);
  });

  it('takes the longest code allowed', async () => {
    expect((await stage.sendWhatsApp(to, whatsAppBody(to, 'J$FpnYnP1234567'))).status).toBe(200);
  });

  it('wants a bearer token', async () => {
    const answer = await stage.call('POST', '/v25.0/1/messages', whatsAppBody(to));
    expect([answer.status, answer.json.error.code]).toEqual([401, 190]);
  });

  it('knows only its own numbers and tokens once there are any', async () => {
    await stage.call('PUT', '/_sim/accounts', { meta: { 111: { accessToken: 'right' } } });
    const send = (id: string, token: string) =>
      stage.call('POST', `/v25.0/${id}/messages`, whatsAppBody(to), { authorization: `Bearer ${token}` });
    const unknown = await send('222', 'right');
    expect(unknown.status).toBe(400);
    expect(unknown.json.error).toMatchObject({ type: 'GraphMethodException', code: 100, error_subcode: 33 });
    expect((await send('111', 'wrong')).json.error.code).toBe(190);
    expect((await send('111', 'right')).status).toBe(200);
  });

  it('answers broken JSON in its own envelope', async () => {
    const response = await fetch(`${stage.simulator.http}/v25.0/1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer x' },
      body: '{',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 100 } });
  });
});

describe('limits', () => {
  it('takes 45 messages in a row to one person, then 131056', async () => {
    const codes: number[] = [];
    for (let index = 0; index < 47; index += 1) {
      codes.push((await stage.sendWhatsApp(to)).json.error?.code ?? 200);
    }
    expect(codes).toEqual([...Array(45).fill(200), 131056, 131056]);
    await stage.call('PUT', '/_sim/settings', { metaPairLimit: false });
    expect((await stage.sendWhatsApp(to)).status).toBe(200);
  });

  it('answers 130429 above the throughput, and not when that is off', async () => {
    await stage.call('PUT', '/_sim/settings', { metaThroughputPerSecond: 1, metaPairLimit: false });
    const answers = await Promise.all(Array.from({ length: 10 }, () => stage.sendWhatsApp(to)));
    const refusedOnes = answers.filter((answer) => answer.status !== 200);
    expect(refusedOnes.length).toBeGreaterThanOrEqual(1);
    expect(refusedOnes[0]?.json.error).toMatchObject({ code: 130429, error_subcode: 2494055 });
    await stage.call('PUT', '/_sim/settings', { metaThroughputPerSecond: 0 });
    const free = await Promise.all(Array.from({ length: 20 }, () => stage.sendWhatsApp(to)));
    expect(free.every((answer) => answer.status === 200)).toBe(true);
  });
});
