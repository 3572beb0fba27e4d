import { describe, expect, it } from '@jest/globals';
import {
  begin,
  type Step,
  type TimelineEntry,
  transition,
  type Verification,
  type VerificationEvent,
} from '@otp-relay/core';
import { createPaint } from './paint.ts';
import { headerText, isAtRest, timelineText } from './verification-text.ts';
import { width } from './width.ts';

const id = `vrf_${'0'.repeat(26)}`;
const start = Date.UTC(2026, 0, 2, 3, 4, 5);
const canvas = { paint: createPaint(false), columns: 160 };

const steps: readonly Step[] = [
  {
    channel: 'whatsapp',
    provider: 'meta-whatsapp',
    account: 'wa',
    timeoutMs: 25_000,
    success: 'delivered',
    minLifeMs: 30_000,
  },
  {
    channel: 'sms',
    provider: 'twilio-sms',
    account: 'sms',
    timeoutMs: 40_000,
    success: 'delivered',
    minLifeMs: 5_000,
  },
  {
    channel: 'email',
    provider: 'smtp-email',
    account: 'mail',
    timeoutMs: 60_000,
    success: 'accepted',
    minLifeMs: 5_000,
  },
];

/** A real verification, driven through the real state machine. */
function play(
  events: readonly (readonly [afterMs: number, event: VerificationEvent])[],
  email: 'present' | 'absent' = 'present',
) {
  const request = {
    id,
    tenantId: 'acme',
    purpose: 'auth',
    steps,
    addresses: { phone: 'present', email },
    expiresAt: start + 600_000,
    maxChecks: 5,
  } as const;
  const begun = begin(request, start);
  const entries: TimelineEntry[] = [...begun.entries];
  let verification: Verification = begun.verification;
  for (const [afterMs, event] of events) {
    const moved = transition(verification, event, start + afterMs);
    verification = moved.verification;
    entries.push(...moved.entries);
  }
  return { verification, entries, shown: { verification, recipientMasked: '+1 ••• 00', createdAt: start } };
}
const attemptId = (step: number, tryNo = 1): string => `att_${'0'.repeat(26)}_${step}_${tryNo}`;
const started = (step: number, tryNo = 1): VerificationEvent => ({
  type: 'started',
  attemptId: attemptId(step, tryNo),
  claim: `c${step}${tryNo}`,
});
const accepted = (step: number, tryNo = 1): VerificationEvent => ({
  type: 'accepted',
  attemptId: attemptId(step, tryNo),
  claim: `c${step}${tryNo}`,
  providerRef: 'ref',
});
const refused = (
  step: number,
  kind: 'not_on_whatsapp' | 'rate_limited' | 'suspected_fraud',
  code: string,
): VerificationEvent => ({
  type: 'refused',
  attemptId: attemptId(step),
  claim: `c${step}1`,
  failure: { kind, scope: 'recipient', code },
});
const receipt = (step: number, status: 'sent' | 'delivered'): VerificationEvent => ({
  type: 'receipt',
  attemptId: attemptId(step),
  status,
});
const linesOf = (played: ReturnType<typeof play>, columns = 160): string[] =>
  timelineText(played.shown, played.entries, { ...canvas, columns });

describe('timelineText', () => {
  it('tells why a channel was left and where it went, on one line', () => {
    const lines = linesOf(
      play([
        [20, started(0)],
        [310, refused(0, 'not_on_whatsapp', '131026')],
        [330, started(1)],
        [520, accepted(1)],
        [3_900, receipt(1, 'delivered')],
        [9_100, { type: 'approved' }],
      ]),
    );
    expect(lines).toEqual([
      '   +0.00s               asked for: whatsapp → sms → email',
      '   +0.02s  ◆ whatsapp   sending through wa',
      '   +0.31s  ◆ whatsapp ✗ not on WhatsApp (meta 131026): This number has no WhatsApp, or cannot receive it. → sms',
      '   +0.33s  ● sms        sending through sms',
      '   +0.52s  ● sms        accepted by twilio',
      '   +3.90s  ● sms      ✓ delivered',
      '   +9.10s             ✓ approved: the code was right',
    ]);
  });

  it('tells a silent provider, and a channel that cannot confirm', () => {
    const lines = linesOf(
      play([
        [20, started(0)],
        [200, accepted(0)],
        [25_200, { type: 'deadline_reached' }],
        [25_220, started(1)],
        [25_400, accepted(1)],
        [65_400, { type: 'deadline_reached' }],
        [65_500, started(2)],
        [65_900, accepted(2)],
      ]),
    );
    expect(lines).toContain('   +25.2s  ◆ whatsapp … no receipt within 25 s → sms');
    expect(lines.at(-1)).toBe(
      '   +65.9s  ■ email    … rests here: smtp gives no receipt, so delivery is unconfirmed',
    );
  });

  it('tells a retry, then the try number', () => {
    const lines = linesOf(
      play([
        [20, started(0)],
        [100, refused(0, 'rate_limited', '130429')],
        [620, started(0, 2)],
      ]),
    );
    expect(lines[2]).toBe(
      '   +0.10s  ◆ whatsapp ✗ rate limited (meta 130429): The provider asks to slow down. → again in 0.5 s',
    );
    expect(lines[3]).toBe('   +0.62s  ◆ whatsapp   sending through wa, try 2');
  });

  it('shows a wait for a worker only while it lasts', () => {
    expect(linesOf(play([])).at(-1)).toBe('   +0.00s  ◆ whatsapp   waiting for a worker');
    expect(linesOf(play([[20, started(0)]])).join()).not.toContain('waiting for a worker');
  });

  it('names who commanded, what was skipped, and what is left', () => {
    const lines = linesOf(
      play(
        [
          [20, started(0)],
          [100, accepted(0)],
          [5_000, { type: 'next', by: 'operator' }],
          [5_100, started(1)],
          [5_200, accepted(1)],
          [9_000, { type: 'next', by: 'service' }],
        ],
        'absent',
      ),
    );
    expect(lines).toContain('   +5.00s  ◆ whatsapp   operator asked for the next channel → sms');
    expect(lines).toContain('   +9.00s  ■ email      skipped: the request has no address for it');
    expect(lines.at(-1)).toBe('   +9.00s             ✗ no channel is left');
  });

  it('tells a stop, a late receipt and wrong codes', () => {
    const fraud = linesOf(
      play([
        [20, started(0)],
        [100, refused(0, 'suspected_fraud', '30450')],
      ]),
    );
    expect(fraud.at(-1)).toBe('   +0.10s  ◆ whatsapp ✗ stopped: no other channel is tried');
    const late = linesOf(
      play([
        [20, started(0)],
        [100, accepted(0)],
        [25_200, { type: 'deadline_reached' }],
        [25_300, receipt(0, 'sent')],
        [26_000, { type: 'check_failed' }],
      ]),
    );
    expect(late).toContain('   +25.3s  ◆ whatsapp   sent, late');
    expect(late.at(-1)).toBe('   +26.0s             … wrong code, 1 of 5');
  });

  it('wraps under the text on a narrow terminal', () => {
    const lines = linesOf(
      play([
        [20, started(0)],
        [310, refused(0, 'not_on_whatsapp', '131026')],
      ]),
      70,
    );
    const parts = lines[2]?.split('\n') ?? [];
    expect(parts.length).toBeGreaterThan(1);
    expect(parts[1]).toMatch(/^ {24}\S/);
    for (const part of parts) expect(width(part)).toBeLessThanOrEqual(70);
  });
});

describe('headerText', () => {
  it('says what it is, for whom, and how long it lives', () => {
    const { shown } = play([
      [20, started(0)],
      [200, accepted(0)],
    ]);
    expect(headerText(shown, start + 100_000, canvas).split('\n')).toEqual([
      `${id}  pending, waiting for a receipt`,
      '+1 ••• 00 · auth · whatsapp → sms → email',
      'acme · 2026-01-02T03:04:05.000Z, 1m 40s ago, expires in 8m 20s',
    ]);
  });

  it('says nothing about life when it is over', () => {
    const { shown } = play([[9_000, { type: 'approved' }]]);
    expect(headerText(shown, start + 60_000, canvas)).not.toContain('expires');
  });
});

describe('isAtRest', () => {
  it.each([
    [
      'waiting for a receipt',
      [
        [20, started(0)],
        [200, accepted(0)],
      ],
      false,
    ],
    [
      'delivered',
      [
        [20, started(0)],
        [200, receipt(0, 'delivered')],
      ],
      true,
    ],
    ['canceled', [[20, { type: 'canceled', by: 'service' }]], true],
  ] as const)('%s', (_, events, expected) => {
    expect(isAtRest(play(events).verification)).toBe(expected);
  });
});
