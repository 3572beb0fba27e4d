import { describe, expect, it } from '@jest/globals';
import { type CheckFailures, maxWrongInRow, maxWrongPerDay, reserveTry } from './reserve-try.ts';

const now = 1_800_000_000_000;
const live = { status: 'pending', expiresAt: now + 60_000, reserved: 0, maxChecks: 5 } as const;
const none: CheckFailures = { inRow: 0, recent: [] };

describe('reserveTry', () => {
  it('counts a try before it is compared', () => {
    expect(reserveTry(live, none, now)).toEqual({
      kind: 'granted',
      failures: { inRow: 1, recent: [now] },
    });
  });

  it.each([
    ['used', { ...live, status: 'approved' }, none],
    ['denied', { ...live, status: 'denied' }, none],
    ['canceled', { ...live, status: 'canceled' }, none],
    ['expired', { ...live, status: 'expired' }, none],
    ['expired', { ...live, expiresAt: now }, none],
    ['spent', { ...live, reserved: 5 }, none],
    ['locked_for_today', live, { inRow: 3, recent: Array(maxWrongPerDay).fill(now - 1) }],
    ['locked', live, { inRow: maxWrongInRow, recent: [] }],
  ] as const)('refuses as %s', (reason, state, failures) => {
    expect(reserveTry(state, failures, now)).toEqual({ kind: 'refused', reason });
  });

  it('gives the last try of a code one millisecond before its end', () => {
    expect(reserveTry({ ...live, expiresAt: now + 1, reserved: 4 }, none, now).kind).toBe('granted');
  });

  it('lets a day be any 24 hours: what is older is forgotten one by one', () => {
    let failures = none;
    for (let n = 0; n < maxWrongPerDay; n += 1) {
      const reserved = reserveTry(live, failures, now + n);
      if (reserved.kind === 'granted') failures = reserved.failures;
    }
    const later = { ...live, expiresAt: now + 200_000_000 };
    const at = (instant: number) => reserveTry(later, failures, instant);
    expect(at(now + 86_399_999)).toEqual({ kind: 'refused', reason: 'locked_for_today' });
    expect(at(now + 86_400_000)).toMatchObject({ kind: 'granted', failures: { inRow: 21 } });
  });
});
