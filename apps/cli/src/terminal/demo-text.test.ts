import { describe, expect, it } from '@jest/globals';
import type { Verification } from '@otp-relay/core';
import { judge } from '../demo/judge.ts';
import type { Played } from '../demo/play-scenarios.ts';
import type { Scenario } from '../demo/scenarios.ts';
import { progressOf } from './demo-progress.ts';
import { demoJson, timelinesText, verdictsText } from './demo-text.ts';
import { createPaint } from './paint.ts';

const canvas = { paint: createPaint(false), columns: 80 };
const scenario: Scenario = {
  title: 'silent: SMS',
  request: (phone) => ({ to: { phone: phone('02') } }),
  delivery: 'delivered',
  attempts: ['whatsapp timed_out', 'sms delivered'],
  also: { 'one entry is there': ({ entries }) => entries.length === 1 },
};
const attempt = (channel: string, state: string) => ({ id: `att_${channel}`, channel, state, step: 0 });
const verification = (delivery: string, ...attempts: object[]) =>
  ({ id: 'vrf_1', status: 'pending', delivery, steps: [], attempts }) as unknown as Verification;

function played(it: Verification): Played {
  const entries = [{ at: 1_000, type: 'accepted', attemptId: null, detail: { steps: 'whatsapp → sms' } }];
  const phone = [{ channel: 'sms', text: '123456 is your code\n\nBye', arrivedAt: null }] as const;
  const seen = { verification: it, entries: entries as unknown as Played['entries'], phone };
  const shown = { verification: it, recipientMasked: '+1 ••• 00', createdAt: 1_000, updatedAt: 4_300 };
  return { ...seen, scenario, shown: shown as Played['shown'], verdict: judge(scenario, seen) };
}
const good = played(verification('delivered', attempt('whatsapp', 'timed_out'), attempt('sms', 'delivered')));
const bad = played(verification('awaiting', attempt('whatsapp', 'sent')));

describe('verdictsText', () => {
  it('says one line for what went as promised', () => {
    expect(verdictsText([good], canvas)).toBe(
      [
        '✓ 1 silent: SMS',
        '    expected and seen  whatsapp timed_out, sms delivered: delivered',
        '',
        '✓ 1 of 1 as promised',
      ].join('\n'),
    );
  });

  it('puts what was seen below what was expected, and names what else is missing', () => {
    const missing = { ...bad, verdict: judge(scenario, { ...bad, entries: [] }) };
    expect(verdictsText([missing], canvas)).toBe(
      [
        '✗ 1 silent: SMS',
        '    expected  whatsapp timed_out, sms delivered: delivered',
        '    seen      whatsapp sent: awaiting',
        '    but not: one entry is there',
        '',
        '✗ 0 of 1 as promised',
      ].join('\n'),
    );
  });
});

describe('timelinesText', () => {
  it('shows the code on the phone, and labels it so', () => {
    expect(timelinesText([good], canvas)).toContain('on the phone, sms: 123456 is your code Bye');
  });
});

describe('demoJson', () => {
  it('holds no code, and says where everything is only while it runs', () => {
    expect(demoJson([good, bad])).not.toContain('123456');
    expect(JSON.parse(demoJson([good, bad]))).toMatchObject({
      ok: false,
      scenarios: [{ ok: true }, { ok: false }],
    });
    expect(JSON.parse(demoJson([good]))).not.toHaveProperty('places');
  });
});

describe('progressOf', () => {
  const now = (): number => 2_500;

  it('draws a table over itself on a terminal', () => {
    const out: string[] = [];
    const show = progressOf({ ...canvas, isTty: true, now }, (text) => out.push(text));
    show([{ scenario, shown: undefined }]);
    show([bad]);
    show([good]);
    expect(out[0]).not.toContain('\u001b[2A');
    expect(out[1]).toMatch(/\[2A[\s\S]*silent: SMS +◆ whatsapp · {2}awaiting {2}\+1\.50s/);
    expect(out[2]).toMatch(/◆ whatsapp … → ● sms ✓ {2}delivered {2}\+3\.30s/);
  });

  it('prints a line per change elsewhere', () => {
    const out: string[] = [];
    const show = progressOf({ ...canvas, isTty: false, now }, (text) => out.push(text));
    for (const one of [bad, bad, good]) show([one]);
    expect(out).toEqual([
      ' +1.50s  1 silent: SMS: ◆ whatsapp ·  awaiting',
      ' +1.50s  1 silent: SMS: ◆ whatsapp … → ● sms ✓  delivered',
    ]);
  });
});
