import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acmeYaml, type Installation, startInstallation } from '../testing/installation.ts';

describe('otp limits', () => {
  let installation: Installation;
  const phone = '+14155550100';
  const send = (ip: string): Promise<string> =>
    installation.withEngine(async (engine) => {
      const accepted = await engine.accept(
        { to: { phone }, endUser: { ip } },
        { tenantId: 'acme', source: 'http' },
      );
      if (accepted.kind === 'accepted')
        await engine.command({ tenantId: 'acme', id: accepted.id, command: 'cancel', by: 'operator' });
      return accepted.kind === 'accepted' ? 'accepted' : accepted.code;
    });

  beforeAll(async () => {
    installation = await startInstallation();
    const path = installation.file('tenants.yaml', acmeYaml);
    const applied = await installation.run(['tenants', 'apply', path, '--yes'], {
      env: { ACME_TOKEN: 'token' },
    });
    if (applied.code !== 0) throw new Error(applied.err);
  }, 60_000);
  afterAll(() => installation.stop());

  it('shows what is used, what comes next and what was refused, and shows nobody in full', async () => {
    expect(await send('203.0.113.7')).toBe('accepted');
    expect(await send('203.0.113.7')).toBe('OTP_LIMIT_RECIPIENT');
    const { code, out } = await installation.otp('limits', '--recipient', phone);
    expect(code).toBe(0);
    expect(out).toMatch(/phone +\+1 ••• 00 +in ten minutes +1 +5 +in (2\d|30)s/);
    expect(out).toMatch(/phone +\+1 ••• 00 +in 24 hours +1 +10/);
    expect(out).toMatch(/OTP_LIMIT_RECIPIENT +\+1 ••• 00 +cool-down +1 +\d+s ago/);
    expect(out).not.toContain('4155550100');
    const ip = await installation.otp('limits', '--ip', '203.0.113.7', '--json');
    expect(JSON.parse(ip.out)).toMatchObject({
      lines: [
        { kind: 'ip', shown: '203.0.113.•••', window: 'hour', used: 1, max: 10, freeAfterMs: 0 },
        { kind: 'ip', window: 'recipients', used: 1, max: 5, freeAfterMs: 0 },
      ],
      refusals: [],
    });
    expect((await installation.otp('limits', '--tenant', 'acme')).out).toMatch(
      /tenant +acme +today \(UTC\) +\d+ +1000000 +now/,
    );
  });

  it('forgets on demand', async () => {
    const reset = await installation.otp('limits', 'reset', '--recipient', phone);
    expect(reset.out).toContain('goes out at once');
    expect(await send('203.0.113.8')).toBe('accepted');
    expect((await installation.otp('limits', 'reset', '--device', 'never-seen-it')).out).toContain(
      'nothing to reset',
    );
  });

  it('says what it cannot read', async () => {
    expect(await installation.otp('limits', '--recipient', '12')).toMatchObject({
      code: 1,
      err: expect.stringContaining('phone'),
    });
    expect(await installation.otp('limits', '--ip', '12')).toMatchObject({ code: 1 });
    expect(await installation.otp('limits', 'rest')).toMatchObject({ code: 1 });
    expect(await installation.otp('limits', '--tenant', 'nobody')).toMatchObject({ code: 1 });
  });
});
