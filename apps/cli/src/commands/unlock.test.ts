import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acmeYaml, type Installation, startInstallation } from '../testing/installation.ts';

describe('otp unlock', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation();
    const file = installation.file(
      'tenants.yaml',
      acmeYaml.replace('    route:', '    limits: { recipient: null }\n    route:'),
    );
    const applied = await installation.run(['tenants', 'apply', file, '--yes'], { env: { ACME_TOKEN: 'x' } });
    expect(applied).toMatchObject({ code: 0 });
  }, 60_000);
  afterAll(() => installation.stop());

  const unlock = (...more: string[]) => installation.otp('unlock', '--recipient', '+14155550100', ...more);

  it('lets a locked recipient check again, for that purpose, and says who did', async () => {
    const check = () =>
      installation.withEngine(async (engine, house) => {
        const accepted = await engine.accept(
          { to: { phone: '+14155550100' } },
          { tenantId: 'acme', source: 'http' },
        );
        if (accepted.kind !== 'accepted') throw new Error(JSON.stringify(accepted));
        const ask = { tenantId: 'acme', id: accepted.id, mode: 'live' } as const;
        for (let n = 0; n < 5; n += 1) await engine.check(ask, { code: '-' });
        await engine.command({ tenantId: 'acme', id: accepted.id, command: 'cancel', by: 'service' });
        const lines = await house.store.verification.timeline('acme', accepted.id);
        return lines.filter(({ type }) => type === 'check_failed').length;
      });
    for (let n = 0; n < 4; n += 1) expect(await check()).toBe(5);
    expect(await check()).toBe(0);
    expect(await unlock('--purpose', 'sign_up')).toMatchObject({
      code: 0,
      out: expect.stringContaining('nothing to unlock'),
    });
    expect(await check()).toBe(0);
    const unlocked = await unlock('--purpose', 'auth', '--tenant', 'acme');
    expect(unlocked).toMatchObject({ code: 0, out: expect.stringContaining('+1 ••• 00 may check codes') });
    expect(unlocked.out).toContain('20 wrong in a row');
    expect(unlocked.out).not.toContain('4155550100');
    expect(await check()).toBe(5);
    const audit = await installation.withEngine((_engine, { store }) =>
      store.withTenant('acme', (ask) =>
        ask<{ actor: string; detail: object }>(
          `select actor, detail from otp.audit where action = 'recipient_unlocked'`,
        ),
      ),
    );
    expect(audit).toEqual([
      {
        actor: expect.stringMatching(/^cli:/),
        detail: { purpose: 'auth', inRow: 20, inDay: 20 },
      },
    ]);
  }, 60_000);

  it.each([
    [['--purpose', 'login'], '--purpose is not a purpose'],
    [['--purpose', 'auth', '--tenant', 'globex'], 'There is no tenant "globex"'],
    [['--purpose', 'auth', '--recipient', '12'], '--recipient is not a possible phone number'],
  ])('refuses %j and says why', async (args, why) => {
    expect(await unlock(...args)).toMatchObject({ code: 1, err: expect.stringContaining(why) });
  });
});
