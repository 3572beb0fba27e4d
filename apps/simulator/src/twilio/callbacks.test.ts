import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '../testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const formOf = (body: string) => Object.fromEntries(new URLSearchParams(body));

describe('status callbacks', () => {
  it('carry an error code and the carrier date only where they belong, and a parameter nobody knows', async () => {
    await stage.sendSms('+12025550001');
    await stage.settled();
    const [sent, undelivered] = stage.receiver.received.map((one) => formOf(one.body));
    expect(sent).toMatchObject({
      MessageStatus: 'sent',
      SmsStatus: 'sent',
      AddedWithoutNotice: 'naïve + 1&1=2',
    });
    expect(sent).not.toHaveProperty('ErrorCode');
    expect(sent).not.toHaveProperty('RawDlrDoneDate');
    expect(undelivered).toMatchObject({
      ErrorCode: '30003',
      RawDlrDoneDate: expect.stringMatching(/^\d{10}$/),
    });
  });

  const fragments: [string, string, number, number][] = [
    ['by default a 5xx is lost', '', 500, 1],
    ['rp=5xx repeats a 5xx once', '#rp=5xx', 500, 2],
    ['rp=5xx does not repeat a 404', '#rp=5xx', 404, 1],
    ['rc=3&rp=all repeats three times', '#rc=3&rp=all', 503, 4],
    ['rc=0 never repeats', '#rc=0&rp=all', 503, 1],
  ];

  it.each(fragments)('%s', async (_what, fragment, status, posts) => {
    stage.receiver.answer = () => ({ status });
    await stage.sendSms('+12025550002', {
      StatusCallback: `${stage.receiver.url}/cb?attempt=att_1${fragment}`,
    });
    await stage.settled();
    expect(stage.receiver.received).toHaveLength(posts);
    const tokens = stage.receiver.received.map((one) => one.headers['i-twilio-idempotency-token']);
    expect(new Set(tokens).size).toBe(1);
    expect(stage.receiver.received[0]?.url).toBe('/cb?attempt=att_1');
    const [message] = await stage.messages('attempt=att_1');
    expect(message?.receipts[0]?.answers).toEqual(Array(posts).fill(status));
  });

  it('use the codes and parameters of the channel', async () => {
    await stage.sendSms('rcs:+12025550036', { From: 'rcs:brand' });
    await stage.settled();
    expect(formOf(stage.receiver.received[0]!.body)).toMatchObject({
      From: 'rcs:brand',
      To: 'rcs:+12025550036',
      ErrorCode: '63036',
      ChannelPrefix: 'rcs',
      EventType: 'UNDELIVERED',
      ChannelStatusMessage: expect.any(String),
    });
  });
});
