import { describe, expect, it } from '@jest/globals';
import type { FailureCount } from '@otp-relay/store';
import { failuresText } from './failures-text.ts';
import { createPaint } from './paint.ts';
import { width } from './width.ts';

const canvas = { paint: createPaint(false), columns: 200 };
const unreachable: FailureCount = {
  channel: 'sms',
  provider: 'twilio-sms',
  kind: 'unreachable',
  code: '30003',
  country: 'BR',
  count: 3,
  attempts: 120,
  share: 0.025,
};

describe('failuresText', () => {
  it('brings good news in one line', () => {
    expect(failuresText({ attempts: 1_204, groups: [] }, 3_600_000, canvas)).toBe(
      'No failures in the last hour — 1,204 attempts, all fine.',
    );
    expect(failuresText({ attempts: 0, groups: [] }, 900_000, canvas)).toBe(
      'No attempts in the last 15 minutes, so no failures either.',
    );
  });

  it('tells every reason in plain words', () => {
    const silent: FailureCount = {
      ...unreachable,
      channel: 'whatsapp',
      provider: 'meta-whatsapp',
      kind: 'timed_out',
      code: null,
      count: 21,
      share: 0.175,
    };
    expect(
      failuresText({ attempts: 240, groups: [silent, unreachable] }, 3_600_000, canvas).split('\n'),
    ).toEqual([
      '24 of 240 attempts failed in the last hour (10.0 %).',
      '',
      'channel     provider  code   country  count   share  why',
      '◆ whatsapp  meta      –      BR          21  17.5 %  Accepted, and then no receipt came in time.',
      '● sms       twilio    30003  BR           3   2.5 %  The phone is off, roaming or not in service.',
      '',
      'share: of all attempts on that channel, with that provider, to that country',
    ]);
  });

  it('fits a narrow terminal', () => {
    const group = { ...unreachable, code: null, country: null, count: 1, share: 0.00001 };
    const lines = failuresText({ attempts: 100_000, groups: [group] }, 3_600_000, {
      ...canvas,
      columns: 72,
    }).split('\n');
    for (const line of lines.slice(2, 4)) expect(width(line)).toBeLessThanOrEqual(72);
    expect(lines[3]).toMatch(/–\s+–\s+1\s+<0\.1 %/);
  });
});
