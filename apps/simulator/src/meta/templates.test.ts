import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appSecret, type Stage, startStage, whatsAppBody } from '../testing/stage.ts';
import { hubSignature } from './signature.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const waba = '/v25.0/102290129340398';
const token = { authorization: 'Bearer token' };
const template = {
  name: 'login_code',
  language: 'en_US',
  category: 'AUTHENTICATION',
  message_send_ttl_seconds: 60,
  components: [
    { type: 'BODY', add_security_recommendation: true },
    { type: 'FOOTER', code_expiration_minutes: 5 },
    { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy Code' }] },
  ],
};
const call = (method: string, path: string, body?: unknown) => stage.call(method, path, body, token);
const create = (over: object = {}) => call('POST', `${waba}/message_templates`, { ...template, ...over });
const send = (name = 'login_code') => {
  const { template: sent } = whatsAppBody('+12025550000') as { template: object };
  return stage.sendWhatsApp('+12025550000', { template: { ...sent, name } });
};
const events = () =>
  stage.receiver.received
    .map((one) => JSON.parse(one.body).entry[0].changes[0])
    .filter((change) => change.field === 'message_template_status_update')
    .map((change) => change.value);

describe('message templates', () => {
  it('start PENDING, cannot be sent, become APPROVED by webhook, and then can', async () => {
    await stage.call('PUT', '/_sim/settings', { templateReviewMs: 60_000 });
    const { json } = await create();
    expect(json).toEqual({
      id: expect.stringMatching(/^\d+$/),
      status: 'PENDING',
      category: 'AUTHENTICATION',
    });
    expect((await send()).json.error.code).toBe(132001);
    await stage.call('PUT', `/_sim/templates/${json.id}`, { status: 'APPROVED' });
    await stage.receiver.until(() => events().length === 1);
    expect(events()[0]).toMatchObject({
      event: 'APPROVED',
      message_template_id: Number(json.id),
      message_template_name: 'login_code',
      message_template_language: 'en-US',
      reason: 'NONE',
    });
    const [posted] = stage.receiver.received;
    expect(posted?.headers['x-hub-signature-256']).toBe(hubSignature(appSecret, posted!.body));
    expect((await send()).status).toBe(200);
    expect((await stage.messages(''))[0]?.text).toContain('This code expires in 5 minutes.');
    expect((await send('another')).json.error).toMatchObject({
      code: 132001,
      error_data: { details: 'template name (another) does not exist in en_US' },
    });
  });

  it.each([
    ['paused_code', 'PAUSED', 132015],
    ['disabled_code', 'DISABLED', 132016],
    ['rejected_code', 'REJECTED', 132001],
  ])('%s ends as %s and is refused with %i', async (name, status, code) => {
    await create({ name });
    await stage.receiver.until(() => events().at(-1)?.event === status);
    expect((await send(name)).json.error.code).toBe(code);
  });

  it('can be judged by hand', async () => {
    const { id } = (await create()).json;
    await stage.receiver.until(() => events().length === 1);
    await stage.call('PUT', `/_sim/templates/${id}`, { status: 'PAUSED' });
    expect((await send()).json.error.code).toBe(132015);
    await stage.call('PUT', `/_sim/templates/${id}`, { status: 'APPROVED' });
    expect((await send()).status).toBe(200);
  });

  it('are dropped without a word when they would arrive after their life', async () => {
    await create({ message_send_ttl_seconds: 30 });
    await stage.receiver.until(() => events().length === 1);
    await stage.call('PUT', '/_sim/settings', { deliveredAfterMs: 31_000 });
    await send();
    await stage.settled();
    expect((await stage.messages(''))[0]).toMatchObject({ status: 'sent', arrivedAt: null });
  });

  it('are listed, shown, edited, upserted and deleted', async () => {
    const { id } = (await create()).json;
    await stage.receiver.until(() => events().length === 1);
    const listed = (await call('GET', `${waba}/message_templates?name=login_code`)).json.data;
    expect(listed).toMatchObject([
      {
        id,
        status: 'APPROVED',
        message_send_ttl_seconds: 60,
        components: [{ type: 'BODY' }, { type: 'FOOTER' }, { buttons: [{ type: 'URL' }] }],
      },
    ]);
    expect((await call('GET', `/v25.0/${id}`)).json.name).toBe('login_code');
    expect((await call('GET', '/v25.0/106540352242922')).json).toMatchObject({ quality_rating: 'GREEN' });
    expect((await call('POST', `/v25.0/${id}`, {})).json).toEqual({ success: true });
    const { language: _language, ...rest } = template;
    const upserted = await call('POST', `${waba}/upsert_message_templates`, {
      ...rest,
      languages: ['en_US', 'es_ES'],
    });
    expect(upserted.json.data.map((one: { language: string }) => one.language)).toEqual(['en_US', 'es_ES']);
    expect((await call('DELETE', `${waba}/message_templates?name=login_code&hsm_id=${id}`)).json).toEqual({
      success: true,
    });
    expect((await call('GET', `${waba}/message_templates`)).json.data).toHaveLength(1);
  });

  it('are previewed in several languages', async () => {
    const query =
      'languages=en_US,es_ES&add_security_recommendation=true&code_expiration_minutes=10&button_types=OTP';
    const { data } = (await call('GET', `${waba}/message_template_previews?category=AUTHENTICATION&${query}`))
      .json;
    expect(data[0]).toEqual({
      body: '*{{1}}* is your verification code. For your security, do not share this code.',
      buttons: [{ autofill_text: 'Autofill', text: 'Copy code' }],
      footer: 'This code expires in 10 minutes.',
      language: 'en_US',
    });
    expect(data[1].body).toContain('Tu código');
  });

  const button = (over: object) => ({
    components: [template.components[0], { type: 'BUTTONS', buttons: [{ type: 'OTP', ...over }] }],
  });
  const app = { package_name: 'com.example.app', signature_hash: 'K8a/AINcGX7' };

  it.each([
    ['a name with capitals', { name: 'Login' }],
    ['an unknown language', { language: 'tlh' }],
    ['another category', { category: 'MARKETING' }],
    ['a life of 29 s', { message_send_ttl_seconds: 29 }],
    ['an expiry of 91 min', { components: [{ type: 'FOOTER', code_expiration_minutes: 91 }] }],
    ['no button', { components: [{ type: 'BODY' }] }],
    ['a long button text', button({ otp_type: 'COPY_CODE', text: 'x'.repeat(26) })],
    ['one-tap without apps', button({ otp_type: 'ONE_TAP' })],
    [
      'a short signature hash',
      button({ otp_type: 'ONE_TAP', supported_apps: [{ ...app, signature_hash: 'short' }] }),
    ],
    ['zero-tap without accepted terms', button({ otp_type: 'ZERO_TAP', supported_apps: [app] })],
  ])('are refused with %s', async (_what, over) => {
    const answer = await create(over);
    expect([answer.status, answer.json.error.code]).toEqual([400, 100]);
  });

  it('are taken as zero-tap with accepted terms, once per name and language', async () => {
    const zeroTap = button({ otp_type: 'ZERO_TAP', zero_tap_terms_accepted: true, supported_apps: [app] });
    expect((await create(zeroTap)).status).toBe(200);
    expect((await create(zeroTap)).json.error.code).toBe(100);
  });

  it('want a token', async () => {
    expect((await stage.call('GET', `${waba}/message_templates`)).json.error.code).toBe(190);
  });
});
