import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { twilioBehaviours } from '../behaviour/twilio-behaviours.ts';
import { type Stage, startStage } from '../testing/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

type Expected = {
  /** HTTP status and Twilio's code of each call in turn; `none` when no answer came, `html` for garbage. */
  readonly calls: string[];
  /** Statuses in the order in which they were called back. */
  readonly told: string[];
  readonly onPhone: boolean;
};

const good = (...told: string[]): Expected => ({ calls: ['201'], told, onPhone: told.includes('delivered') });
const refused = (...calls: string[]): Expected => ({ calls, told: [], onPhone: false });

const expected: Record<string, Expected> = {
  '00': good('sent', 'delivered'),
  '01': good('sent', 'undelivered 30003'),
  '02': good('sent'),
  '03': refused('400 21211'),
  '04': refused('400 21614'),
  '05': good('sent', 'delivered'),
  '06': good('failed 30450'),
  '07': good('sent', 'delivered'),
  '08': { calls: ['none'], told: ['sent', 'delivered'], onPhone: true },
  '09': refused('none'),
  '10': refused('500 20500', '500 20500'),
  '11': { calls: ['429 20429', '429 20429', '201'], told: ['sent', 'delivered'], onPhone: true },
  '12': refused('400 21610'),
  '13': good('sent', 'undelivered 30007'),
  '14': refused('401 20003'),
  '15': refused('html'),
  '16': refused('none'),
  '17': good('delivered', 'delivered', 'sent', 'sent'),
  '18': good('sent', 'undelivered 30006'),
  '19': refused('400 21408'),
  '20': good('sent', 'undelivered 99999'),
  '21': { calls: ['none'], told: ['sent', 'delivered'], onPhone: true },
  '22': { calls: ['html'], told: ['sent', 'delivered'], onPhone: true },
  '23': { calls: ['500 20500'], told: ['sent', 'delivered'], onPhone: true },
  '24': good('sent', 'undelivered 30005'),
  '25': good('sent', 'delivered'),
  '26': good('sent', 'delivered', 'read'),
  '27': { calls: ['201'], told: [], onPhone: true },
  '28': good('failed 30036'),
  '29': good('sent', 'undelivered 30008'),
  '30': good('failed 30002'),
  '31': good('failed 30034'),
  '32': refused('400 21606'),
  '33': refused('429 20429', '429 20429'),
  '34': refused('503 20503', '503 20503'),
  '35': refused('400 29999'),
  '36': good('undelivered 63024'),
  '37': good('sent', 'undelivered 30003', 'delivered'),
  '38': refused('400 30450'),
};

describe('Twilio recipients +1AAA555MMTT', () => {
  it('are all in this test', () => {
    expect(Object.keys(expected).sort()).toEqual(Object.keys(twilioBehaviours).sort());
  });

  it.each(Object.keys(expected).sort())('%s does what the table says', async (tt) => {
    const want = expected[tt]!;
    const attempt = `att_twilio_${tt}`;
    const calls: string[] = [];
    for (const _call of want.calls) {
      calls.push(await call(`+120255500${tt}`, attempt, want.calls.includes('none') ? 250 : 5_000));
    }
    expect(calls).toEqual(want.calls);
    await stage.settled();
    expect(told(attempt)).toEqual(want.told);
    const messages = await stage.messages(`attempt=${attempt}`);
    expect(messages.some((message) => message.arrivedAt !== null)).toBe(want.onPhone);
    const { perAttempt } = (await stage.call('GET', `/_sim/calls?attempt=${attempt}`)).json;
    expect(perAttempt[attempt]).toEqual({ calls: want.calls.length, created: messages.length });
  });

  it('07 has called back before it answers', async () => {
    await call('+13035550007', 'att_before');
    expect(told('att_before')).toEqual(['sent', 'delivered']);
  });
});

async function call(to: string, attempt: string, waitMs = 5_000): Promise<string> {
  const statusCallback = { StatusCallback: `${stage.receiver.url}/twilio?attempt=${attempt}` };
  try {
    const answer = await stage.sendSms(to, statusCallback, AbortSignal.timeout(waitMs));
    const code = answer.json?.code;
    return answer.json === undefined ? 'html' : `${answer.status}${code === undefined ? '' : ` ${code}`}`;
  } catch {
    return 'none';
  }
}

function told(attempt: string): string[] {
  return stage.receiver.received
    .filter((one) => one.url.endsWith(`attempt=${attempt}`))
    .map((one) => new URLSearchParams(one.body))
    .map((form) => [form.get('MessageStatus'), form.get('ErrorCode')].filter(Boolean).join(' '));
}
