import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metaBehaviours } from '../behaviour/meta-behaviours.ts';
import { type Stage, startStage } from '../testing/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

type Expected = {
  /** HTTP status and Meta's code of each call in turn; `none` when no answer came, `html` for garbage. */
  readonly calls: string[];
  /** Statuses in the order in which they were posted. */
  readonly told: string[];
  readonly onPhone: boolean;
};

const good = (...told: string[]): Expected => ({ calls: ['200'], told, onPhone: told.includes('delivered') });
const fails = (code: number): Expected => ({ calls: ['200'], told: [`failed ${code}`], onPhone: false });
const refused = (...calls: string[]): Expected => ({ calls, told: [], onPhone: false });

const expected: Record<string, Expected> = {
  '00': good('sent', 'delivered'),
  '01': fails(131026),
  '02': good('sent'),
  '03': { ...good('sent', 'read'), onPhone: true },
  '04': good('delivered', 'delivered', 'sent', 'sent'),
  '05': good('sent', 'delivered'),
  '06': good('sent', 'failed 131000', 'delivered'),
  '07': good('sent', 'delivered'),
  '08': { calls: ['none'], told: ['sent', 'delivered'], onPhone: true },
  '09': refused('none'),
  '10': refused('500 131000', '500 131000'),
  '11': { calls: ['500 131016', '500 131016', '200'], told: ['sent', 'delivered'], onPhone: true },
  '12': { calls: ['400 130429', '200'], told: ['sent', 'delivered'], onPhone: true },
  '13': refused('400 132015'),
  '14': refused('401 190'),
  '15': refused('html'),
  '16': refused('none'),
  '17': good(),
  '18': fails(131042),
  '19': fails(130497),
  '20': fails(999999),
  '21': { calls: ['none'], told: ['sent', 'delivered'], onPhone: true },
  '22': { calls: ['html'], told: ['sent', 'delivered'], onPhone: true },
  '23': good(),
  '24': good('sent', 'delivered', 'tap'),
  '25': good('sent', 'delivered'),
  '26': good('sent', 'delivered', 'read'),
  '27': { calls: ['200'], told: [], onPhone: true },
  '28': fails(131049),
  '29': refused('400 131056'),
  '30': refused('400 131048'),
  '31': refused('403 131031'),
  '32': refused('400 131009'),
  '33': refused('400 130429', '400 130429'),
  '34': refused('503 2', '503 2'),
  '35': refused('400 999999'),
  '36': { calls: ['200'], told: ['failed 131026', 'failed 131026'], onPhone: false },
  '37': fails(130403),
  '38': { calls: ['500 131000'], told: ['sent', 'delivered'], onPhone: true },
};

describe('WhatsApp recipients +1AAA555MMTT', () => {
  it('are all in this test', () => {
    expect(Object.keys(expected).sort()).toEqual(Object.keys(metaBehaviours).sort());
  });

  it.each(Object.keys(expected).sort())('%s does what the table says', async (mm) => {
    const want = expected[mm]!;
    const attempt = `att_meta_${mm}`;
    const calls: string[] = [];
    for (const _call of want.calls) {
      calls.push(await call(`+1202555${mm}00`, attempt, want.calls.includes('none') ? 250 : 5_000));
    }
    expect(calls).toEqual(want.calls);
    await stage.settled();
    expect(told(attempt)).toEqual(want.told);
    const messages = await stage.messages(`attempt=${attempt}`);
    expect(messages.some((message) => message.arrivedAt !== null)).toBe(want.onPhone);
    const { perAttempt } = (await stage.call('GET', `/_sim/calls?attempt=${attempt}`)).json;
    expect(perAttempt[attempt]).toEqual({ calls: want.calls.length, created: messages.length });
  });

  it('07 has told everything before it answers', async () => {
    const attempt = 'att_before';
    await call('+13035550700', attempt);
    expect(told(attempt)).toEqual(['sent', 'delivered']);
  });

  it('23 says that the message is held', async () => {
    const { json } = await stage.sendWhatsApp('+12025552300');
    expect(json.messages[0].message_status).toBe('held_for_quality_assessment');
  });

  it('any number that is not of that form delivers', async () => {
    await stage.sendWhatsApp('+4915112345678', { biz_opaque_callback_data: 'att_de' });
    await stage.receiver.until(() => told('att_de').length === 2);
  });
});

async function call(to: string, attempt: string, waitMs = 5_000): Promise<string> {
  try {
    const answer = await stage.sendWhatsApp(
      to,
      { biz_opaque_callback_data: attempt },
      AbortSignal.timeout(waitMs),
    );
    const code = answer.json?.error?.code;
    return answer.json === undefined ? 'html' : `${answer.status}${code === undefined ? '' : ` ${code}`}`;
  } catch {
    return 'none';
  }
}

type Status = { id: string; status: string; biz_opaque_callback_data: string; errors?: { code: number }[] };
type Value = { statuses?: Status[]; messages?: { context: { id: string } }[] };

function told(attempt: string): string[] {
  const values: Value[] = stage.receiver.received.map(
    (one) => JSON.parse(one.body).entry[0].changes[0].value,
  );
  const ours = (value: Value) =>
    (value.statuses ?? []).filter((status) => status.biz_opaque_callback_data === attempt);
  const ids = values.flatMap(ours).map((status) => status.id);
  return values.flatMap((value) => [
    ...ours(value).map(({ errors, status }) => (errors ? `failed ${errors[0]?.code}` : status)),
    ...(value.messages ?? []).filter((tap) => ids.includes(tap.context.id)).map(() => 'tap'),
  ]);
}
