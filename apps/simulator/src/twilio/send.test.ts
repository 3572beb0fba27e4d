import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { accountSid, authToken, type Stage, startStage } from '../testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const to = '+12025550000';
const formOf = (body: string) => Object.fromEntries(new URLSearchParams(body));

describe('POST …/Messages.json', () => {
  it('answers 201 with a message as Twilio prints it', async () => {
    const answer = await stage.sendSms(to);
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      account_sid: accountSid,
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      status: 'queued',
      body: '482913 is your code.',
      from: '+15017122661',
      to,
      num_segments: '1',
      date_created: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} [\d:]{8} \+0000$/),
      error_code: null,
    });
  });

  it('leaves the sender open with a Messaging Service, and calls back queued first', async () => {
    const answer = await stage.sendSms(to, { From: '', MessagingServiceSid: 'MG1' });
    expect(answer.json).toMatchObject({
      status: 'accepted',
      from: null,
      num_segments: '0',
      messaging_service_sid: 'MG1',
    });
    await stage.settled();
    expect(stage.receiver.received.map((one) => formOf(one.body).MessageStatus)).toEqual([
      'queued',
      'sent',
      'delivered',
    ]);
  });

  it('turns an SMS into RCS when the pool of the service starts with an RCS sender', async () => {
    await stage.call('PUT', '/_sim/accounts', {
      twilio: { [accountSid]: { authToken, messagingServices: { MG1: ['rcs:brand', '+15017122661'] } } },
    });
    await stage.sendSms(to, { From: '', MessagingServiceSid: 'MG1' });
    await stage.settled();
    expect(formOf(stage.receiver.received[2]!.body)).toMatchObject({
      From: 'rcs:brand',
      EventType: 'DELIVERED',
    });
    expect((await stage.sendSms(to, { From: '', MessagingServiceSid: 'MG2' })).json.code).toBe(21703);
  });

  it.each([
    ['no To', 21604, { To: '' }],
    ['no sender', 21603, { From: '' }],
    ['no content', 21602, { Body: '' }],
    ['a long body', 21617, { Body: 'x'.repeat(1601) }],
    ['an invalid number', 21211, { To: '+1' }],
    ['two channels', 21910, { To: `whatsapp:${to}` }],
    ['FallbackFrom with From', 21664, { FallbackFrom: '+15017122662' }],
    ['FallbackFrom without a service', 21603, { From: '', FallbackFrom: '+15017122662' }],
    ['a validity of 0', 90007, { ValidityPeriod: '0' }],
    ['a validity of 36001', 90007, { ValidityPeriod: '36001' }],
    ['a callback without scheme', 21609, { StatusCallback: 'example.com/x' }],
    ['a callback host with an underscore', 21609, { StatusCallback: 'https://a_b.example.com/' }],
    ['a bad ContentSid', 21655, { ContentSid: 'HX1' }],
    ['bad ContentVariables', 21656, { ContentVariables: '[1]' }],
    ['the magic recipient 21211', 21211, { To: '+15005550001' }],
    ['the magic recipient 21612', 21612, { To: '+15005550002' }],
    ['the magic recipient 21408', 21408, { To: '+15005550003' }],
    ['the magic recipient 21610', 21610, { To: '+15005550004' }],
    ['the magic recipient 21614', 21614, { To: '+15005550009' }],
    ['the magic sender 21212', 21212, { From: '+15005550001' }],
    ['the magic sender 21606', 21606, { From: '+15005550007' }],
    ['the magic sender 21611', 21611, { From: '+15005550008' }],
  ])('refuses %s with %i', async (_what, code, over) => {
    const answer = await stage.sendSms(to, over as Record<string, string>);
    expect([answer.status, answer.json]).toEqual([
      400,
      {
        code,
        message: expect.any(String),
        more_info: `https://www.twilio.com/docs/errors/${code}`,
        status: 400,
      },
    ]);
    expect(await stage.messages('')).toEqual([]);
  });

  it('knows only its own accounts and tokens once there are any', async () => {
    await stage.call('PUT', '/_sim/accounts', { twilio: { [accountSid]: { authToken: 'another' } } });
    expect((await stage.sendSms(to)).json).toMatchObject({ code: 20003, status: 401 });
    await stage.call('PUT', '/_sim/accounts', {
      twilio: { [accountSid]: { authToken, apiKeys: { SK1: 'key' } } },
    });
    expect((await stage.sendSms(to)).status).toBe(201);
  });

  it('delivers nothing and calls nobody back with test credentials', async () => {
    await stage.call('PUT', '/_sim/accounts', { twilio: { [accountSid]: { authToken, test: true } } });
    expect((await stage.sendSms(to)).status).toBe(201);
    await stage.settled();
    expect(stage.receiver.received).toEqual([]);
  });

  it('gives up with 30036 when the queue is slower than the validity period', async () => {
    await stage.call('PUT', '/_sim/settings', { sentAfterMs: 1_100 });
    await stage.sendSms(to, { ValidityPeriod: '1' });
    await stage.settled();
    expect(formOf(stage.receiver.received[0]!.body)).toMatchObject({
      MessageStatus: 'failed',
      ErrorCode: '30036',
    });
  });

  it('takes +15005550006, which is a good number of the test range', async () => {
    await stage.sendSms('+15005550006');
    expect(await stage.messages('arrived=true&waitMs=2000')).toHaveLength(1);
  });

  it('answers 429 above the configured rate', async () => {
    await stage.call('PUT', '/_sim/settings', { twilioRequestsPerSecond: 1 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => stage.sendSms(to)));
    const refused = answers.filter((answer) => answer.status !== 201);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused[0]?.json).toMatchObject({ code: 20429, status: 429 });
  });
});

describe('the twilio SDK', () => {
  it('sends, fetches, and finds the callbacks genuine', async () => {
    const client = twilioClient(stage.simulator.http);
    const statusCallback = `${stage.receiver.url}/webhooks/twilio-sms/acme/one?attempt=att_7`;
    const sent = await client.messages.create({
      to,
      from: '+15017122661',
      body: '482913 is your Acmé code.\n\n@example.com #482913',
      statusCallback: `${statusCallback}#rc=5&rp=all`,
    });
    expect(sent.status).toBe('queued');
    await stage.settled();
    expect((await client.api.v2010.accounts(accountSid).fetch()).status).toBe('active');
    expect((await client.messages(sent.sid).fetch()).status).toBe('delivered');
    expect(stage.receiver.received).toHaveLength(2);
    for (const { url, headers, body } of stage.receiver.received) {
      const signature = String(headers['x-twilio-signature']);
      expect(url).toBe('/webhooks/twilio-sms/acme/one?attempt=att_7');
      expect(twilio.validateRequest(authToken, signature, statusCallback, formOf(body))).toBe(true);
      expect(twilio.validateRequest('wrong', signature, statusCallback, formOf(body))).toBe(false);
    }
    expect(await stage.messages('attempt=att_7')).toMatchObject([{ code: '482913', status: 'delivered' }]);
  });

  it('reads a refusal as its own exception', async () => {
    const client = twilioClient(stage.simulator.http);
    const refusal = client.messages.create({ to: '+12025550012', from: '+15017122661', body: 'x' });
    await expect(refusal).rejects.toMatchObject({ status: 400, code: 21610 });
    await expect(client.messages(`SM${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({ code: 20404 });
  });
});

function twilioClient(base: string): ReturnType<typeof twilio> {
  const httpClient = new twilio.RequestClient({ timeout: 3_000, keepAlive: false });
  const request = httpClient.request.bind(httpClient);
  httpClient.request = (options) => {
    const { pathname, search } = new URL(options.uri);
    return request({ ...options, uri: base + pathname + search });
  };
  return twilio(accountSid, authToken, { httpClient });
}
