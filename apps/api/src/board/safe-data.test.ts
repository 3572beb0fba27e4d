import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { safeData } from './safe-data.ts';
import { safeText } from './safe-text.ts';

const ulid = '01k9z3v6d2m8q4w7x5y1t0r9nb';

describe('safeText', () => {
  it.each([
    [`attempt att_${ulid}_0_1 timed out`, `attempt att_${ulid}_0_1 timed out`],
    [`job att_${ulid}_0_1-1769860800000 stalled`, `job att_${ulid}_0_1-1769860800000 stalled`],
    ['code 493817 refused', 'code ••• refused'],
    ['to +14155550100', 'to +***00'],
    ['to 14155550100', 'to •••'],
    ['to (415) 555-0100', 'to (•••'],
    ['to ana@example.com', 'to ***@example.com'],
    ['at run (worker.js:123:45)', 'at run (worker.js:123:45)'],
  ])('%s', (text, safe) => {
    expect(safeText(text)).toBe(safe);
  });

  it('lets no code through, wherever it stands', () => {
    const code = fc.stringMatching(/^\d{4,10}$/);
    // A letter or digit on either side would make another word of it.
    const around = fc.stringMatching(/^[a-z ]{0,20}[ :"'=/]$/);
    fc.assert(
      fc.property(around, code, around, (before, digits, after) => {
        expect(safeText(before + digits + after)).not.toContain(digits);
      }),
    );
  });
});

describe('safeData', () => {
  it('shows the ids of our own jobs', () => {
    const bell = {
      tenant: 'acme',
      verification: `vrf_${ulid}`,
      attempt: `att_${ulid}_0_1`,
      dueAt: 1_769_860_800_000,
    };
    expect(safeData('otp-timeouts', bell)).toEqual(bell);
    const { dueAt: _, ...job } = bell;
    expect(safeData('otp-send-sms', { v: 1, ...job })).toEqual({ v: 1, ...job });
  });

  it.each([
    ['+14155550100', '+1 ••• 00'],
    ['+491511234567', '+49 ••• 67'],
    ['+3581234567', '+358 ••• 67'],
    ['+79161234567', '+7 ••• 67'],
    ['4155550100', '[hidden]'],
    [{ number: '+14155550100' }, '[hidden]'],
  ])('masks the phone %j', (phone, shown) => {
    expect(safeData('otp', { to: { phone } })).toEqual({ to: { phone: shown } });
  });

  it('shows no text of a stranger, in whatever shape it comes', () => {
    const canary = '493817';
    fc.assert(
      fc.property(
        fc.constantFrom('otp', 'otp-send-sms', 'otp-timeouts', 'otp-events', 'another'),
        fc.object({
          key: fc.oneof(fc.constantFrom('to', 'code', 'tenant', 'payload', 'v', canary), fc.string()),
          values: [fc.constantFrom(canary, `x${canary}`, 'ana@example.com', [canary])],
          maxDepth: 3,
        }),
        (queue, data) => {
          const shown = JSON.stringify(safeData(queue, data));
          expect(shown).not.toMatch(/493817|ana@example/);
        },
      ),
    );
  });
});
