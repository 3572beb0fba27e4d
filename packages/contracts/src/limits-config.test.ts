import { describe, expect, it } from '@jest/globals';
import { limitsConfig } from './limits-config.ts';

describe('the limits of a tenant', () => {
  it('are on unless they are turned off', () => {
    expect(limitsConfig.parse(undefined)).toEqual({
      recipient: { coolDownMs: [30_000, 40_000, 60_000, 90_000, 120_000], perTenMinutes: 5, perDay: 10 },
      ip: { perHour: 10, recipientsPerHour: 5 },
      device: { perHour: 5 },
      tenant: { perSecond: null, perMinute: 100_000, perDay: 1_000_000 },
    });
  });

  it('are turned off one by one, or by window', () => {
    expect(limitsConfig.parse({ ip: null, recipient: { coolDownMs: null } })).toMatchObject({
      ip: null,
      recipient: { coolDownMs: null, perTenMinutes: 5 },
      device: { perHour: 5 },
    });
  });

  it.each([
    [{ recipient: { coolDownMs: [] } }],
    [{ recipient: { coolDownMs: [600_001] } }],
    [{ recipient: { perDay: 0 } }],
    [{ ip: { perHour: 1_001 } }],
    [{ device: { perDay: 1 } }],
    [{ country: null }],
  ])('are refused where they make no sense: %j', (limits) => {
    expect(limitsConfig.safeParse(limits).success).toBe(false);
  });
});
