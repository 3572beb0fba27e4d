import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { attemptId, messageTo } from '../conformance/conforms.ts';
import { fixture } from '../conformance/fixture.ts';
import { type HttpDouble, startHttpDouble } from '../conformance/http-double.ts';
import { accepted, metaInput } from '../conformance/meta-whatsapp.ts';
import type { OutboundMessage, Sender } from '../provider.ts';
import { metaWhatsapp } from './index.ts';
import { languagesFor } from './language.ts';

const errors = fixture('meta-whatsapp/fixtures/errors.json');
const message = (more: Partial<OutboundMessage> = {}) => messageTo('+12015553931', more);

describe('meta-whatsapp send', () => {
  let double: HttpDouble;
  let sender: Sender;

  const openWith = (input = metaInput(double.port)): Sender => {
    const parsed = metaWhatsapp.parseAccount(input);
    if (!parsed.ok) throw new Error('bad account');
    return metaWhatsapp.open(parsed.account);
  };
  beforeAll(async () => {
    double = await startHttpDouble({ accept: accepted, refuse: errors.expiredToken });
    sender = openWith();
  });
  beforeEach(() => double.behave('accept'));
  afterAll(async () => {
    await sender.close();
    await double.close();
  });
  const bodies = () => double.calls.map(({ body }) => JSON.parse(body));

  it('sends the authentication template of the documentation, the code twice', async () => {
    expect(await sender.send(message())).toEqual({
      kind: 'accepted',
      providerRef: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI4Qzc5QkNGNTc5NTMyMDU5QzEA',
    });
    const call = double.calls.at(-1)!;
    expect(call.method).toBe('POST');
    expect(call.url).toBe('/v25.0/106540352242922/messages');
    expect(call.headers).toMatchObject({
      authorization: 'Bearer EAAJB-access-token',
      'content-type': 'application/json',
    });
    expect(JSON.parse(call.body)).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '12015553931',
      type: 'template',
      biz_opaque_callback_data: attemptId,
      template: {
        name: 'verification_code',
        language: { code: 'en_US' },
        components: [
          { type: 'body', parameters: [{ type: 'text', text: '483920' }] },
          { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '483920' }] },
        ],
      },
    });
  });

  it.each(['held_for_quality_assessment', 'paused'])('accepts %s with a note', async (status) => {
    double.script({ status: 200, body: { messages: [{ id: 'wamid.x', message_status: status }] } });
    expect(await sender.send(message())).toEqual({
      kind: 'accepted',
      providerRef: 'wamid.x',
      note: `message_status: ${status}`,
    });
  });

  it('tries the next language once when the template does not exist in the first', async () => {
    double.script(errors.templateMissing);
    const before = double.calls.length;
    const outcome = await sender.send(message({ locale: 'es-AR' }));
    expect(outcome).toMatchObject({ kind: 'accepted', note: 'sent in en_US: no template in es_AR' });
    const tried = bodies().slice(before);
    expect(tried.map(({ template }) => template.language.code)).toEqual(['es_AR', 'en_US']);
  });

  it('gives up after the second language', async () => {
    double.script(errors.templateMissing, errors.templateMissing);
    const before = double.calls.length;
    expect(await sender.send(message({ locale: 'es-AR' }))).toMatchObject({
      kind: 'refused',
      failure: { kind: 'template_missing', scope: 'template', code: '132001' },
    });
    expect(double.calls.length - before).toBe(2);
  });

  it('keeps within 5 s even when the second language hangs', async () => {
    double.script(errors.templateMissing);
    double.behave('hang');
    const startedAt = performance.now();
    expect(await sender.send(message())).toMatchObject({ kind: 'uncertain' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it.each([
    ['rateLimit', 'rate_limited', 'sender', '130429'],
    ['unknownPhoneId', 'sender_not_approved', 'sender', '100'],
    ['notInAllowedList', 'recipient_blocked', 'recipient', '131030'],
    ['pairLimit', 'rate_limited', 'recipient', '131056'],
    ['expiredToken', 'auth_failed', 'account', '190'],
    ['down', 'provider_unavailable', 'platform', '2'],
    ['stringData', 'bad_request', 'request', '100'],
  ])('reads the recorded refusal %s', async (name, kind, scope, code) => {
    double.script(errors[name]);
    const outcome = await sender.send(message());
    expect(outcome).toMatchObject({ kind: 'refused', failure: { kind, scope, code } });
    expect(JSON.stringify(outcome)).not.toContain('555');
  });

  it('keeps Retry-After', async () => {
    double.script({ ...errors.rateLimit, headers: { 'retry-after': '2' } });
    expect(await sender.send(message())).toMatchObject({ kind: 'refused', retryAfterMs: 2_000 });
  });

  it.each([
    [429, 'refused', 'rate_limited'],
    [404, 'refused', 'unknown'],
    [408, 'uncertain', 'provider_timeout'],
    [502, 'uncertain', 'unreadable_answer'],
  ])('judges a proxy page with status %i by its status', async (status, kind, failure) => {
    double.script({ status, body: '<html>nginx</html>' });
    expect(await sender.send(message())).toMatchObject({
      kind,
      failure: { kind: failure, code: `http_${status}` },
    });
  });

  it('cuts its own token out of what Meta repeats', async () => {
    const message190 = 'Malformed access token EAAJB-access-token';
    double.script({ status: 400, body: { error: { code: 190, message: message190 } } });
    const outcome = await sender.send(message());
    expect(outcome).toMatchObject({ failure: { kind: 'auth_failed', detail: 'Malformed access token […]' } });
  });

  it('cuts the code out of what Meta repeats, letters too', async () => {
    const details = 'body: parameter value K7QX2P has a format mismatch';
    double.script({ status: 400, body: { error: { code: 132012, error_data: { details } } } });
    const { Secret } = await import('@otp-relay/core');
    const outcome = await sender.send(message({ code: new Secret('K7QX2P') }));
    expect(outcome).toMatchObject({ failure: { kind: 'bad_request' } });
    expect(JSON.stringify(outcome)).not.toContain('K7QX2P');
  });
});

describe('languagesFor', () => {
  it.each([
    ['es-AR', ['en_US', 'es', 'es_AR'], ['es_AR', 'en_US', 'es']],
    ['es-MX', ['en_US', 'es', 'es_AR'], ['es', 'en_US', 'es_AR']],
    ['pt', ['en_US', 'pt_BR'], ['pt_BR', 'en_US']],
    ['PT_br', ['en_US', 'pt_BR'], ['pt_BR', 'en_US']],
    ['de-DE', ['en_US', 'es'], ['en_US', 'es']],
    ['', ['en_US'], ['en_US']],
  ])('%s of %j gives %j', (locale, configured, expected) => {
    expect(languagesFor(locale, configured as [string])).toEqual(expected);
  });
});

describe('meta-whatsapp transactions', () => {
  const payment = { amount: '129.90', currency: 'EUR', payee: 'Acme Books' };
  const signature = { documentTitle: 'Lease, flat 4', documentHash: 'deadbeef'.repeat(8) };
  const own = { name: 'acme_payment', languages: ['en_US', 'es'] };
  let double: HttpDouble;
  beforeAll(async () => {
    double = await startHttpDouble({ accept: accepted, refuse: errors.expiredToken });
    double.behave('accept');
  });
  afterAll(() => double.close());

  const accountWith = (transactions: object) => {
    const input = metaInput(double.port);
    const parsed = metaWhatsapp.parseAccount({
      ...input,
      settings: { ...(input.settings as object), transactions },
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return parsed.account;
  };

  it("go into the tenant's own template, code, amount and payee each in its place, with no button", async () => {
    const sender = metaWhatsapp.open(
      accountWith({ payment: own, signature: { ...own, name: 'acme_signature' } }),
    );
    await sender.send(message({ purpose: 'payment', context: payment, locale: 'es-MX' }));
    await sender.send(message({ purpose: 'signature', context: signature }));
    await sender.close();
    const sent = double.calls.slice(-2).map(({ body }) => JSON.parse(body).template);
    const place = (text: string) => ({ type: 'text', text });
    expect(sent).toEqual([
      {
        name: 'acme_payment',
        language: { code: 'es' },
        components: [
          { type: 'body', parameters: [place('483920'), place('129.90 EUR'), place('Acme Books')] },
        ],
      },
      {
        name: 'acme_signature',
        language: { code: 'en_US' },
        components: [
          { type: 'body', parameters: [place('483920'), place('Lease, flat 4'), place('deadbeef')] },
        ],
      },
    ]);
  });

  it('are never sent in an authentication template, which would hide them', async () => {
    const account = accountWith({ signature: own });
    const sender = metaWhatsapp.open(account);
    const before = double.calls.length;
    expect(await sender.send(message({ purpose: 'payment', context: payment }))).toMatchObject({
      kind: 'refused',
      failure: { kind: 'template_missing' },
    });
    await sender.close();
    expect(double.calls).toHaveLength(before);
    expect(metaWhatsapp.hides?.(account)).toEqual(['payment']);
    expect(metaWhatsapp.hides?.(accountWith({}))).toEqual(['payment', 'signature']);
    expect(metaWhatsapp.hides?.(accountWith({ payment: own, signature: own }))).toEqual([]);
  });
});
