import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithRedis } from '@otp-relay/testkit';
import { acmeYaml, type Installation, startInstallation } from '../testing/installation.ts';

let installation: Installation;
const yaml = acmeYaml.replace('countries: all', 'countries: [US]').replace('mode: allow', 'mode: block');

describeWithRedis('what the rules against abuse did', () => {
  beforeAll(async () => {
    installation = await startInstallation();
    const path = installation.file('tenants.yaml', yaml);
    await installation.run(['tenants', 'apply', path, '--yes'], { env: { ACME_TOKEN: 'token' } });
    await installation.withEngine(async (engine) => {
      const ask = (phone: string) => engine.accept({ to: { phone } }, { tenantId: 'acme', source: 'http' });
      expect(await ask('+33612345678')).toMatchObject({ kind: 'refused', code: 'OTP_COUNTRY_NOT_ALLOWED' });
      for (const line of [0, 2, 4, 6])
        expect(await ask(`+1415555000${line}`)).toMatchObject({ kind: 'accepted' });
      expect(await ask('+14155550008')).toMatchObject({ kind: 'refused', code: 'OTP_SUSPECTED_ABUSE' });
    });
  }, 90_000);
  afterAll(() => installation?.stop(), 20_000);

  it('is told with its reasons, without an address', async () => {
    const { code, out } = await installation.otp('decisions', '--tenant', 'acme');
    expect(code).toBe(0);
    expect(out).toContain('country_not_allowed (block: country FR)');
    expect(out).toContain('adjacent (block: numbers 5)');
    expect(out).not.toMatch(/4155550008|612345678/);
    const { out: json } = await installation.otp('decisions', '--outcome', 'refused', '--json');
    expect(JSON.parse(json)).toMatchObject([{ prefix: '+1415555' }, { country: 'FR' }]);
    expect((await installation.otp('decisions', '--outcome', 'shot')).code).toBe(1);
  });

  it('is shown while it stands, and lifted', async () => {
    expect((await installation.otp('blocks')).out).toMatch(/acme +\+1415555 +adjacent/);
    expect((await installation.otp('unblock', '+1415555', '--tenant', 'acme')).out).toContain('Lifted');
    expect((await installation.otp('blocks')).out).toContain('Nothing is held');
    const again = await installation.otp('unblock', '+1415555', '--tenant', 'acme');
    expect(again.code).toBe(1);
  });

  it('a day is simulated without touching the installation, by the tenant’s own rules too', async () => {
    const day = ['simulate-abuse', '--people', '1000', '--seed', '3'];
    const { out } = await installation.otp(...day, '--json');
    const report = JSON.parse(out) as { leaked: number; attacks: { name: string; leaked: number }[] };
    expect(report.attacks).toContainEqual(expect.objectContaining({ name: 'closed countries', leaked: 0 }));
    expect((await installation.otp(...day, '--tenant', 'acme')).out).toContain('false positives');
  }, 60_000);

  it('prints the secret that signs questions to the tenant, the same every time', async () => {
    const { out } = await installation.otp('tenants', 'decision-secret', 'acme');
    expect(out.trim()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect((await installation.otp('tenants', 'decision-secret', 'acme')).out).toBe(out);
    const next = await installation.otp('tenants', 'decision-secret', 'acme', '--secret-version', '2');
    expect(next.out).not.toBe(out);
  });

  it('says what was spent', async () => {
    expect((await installation.otp('spend', '--since', '1d')).out).toContain('Nothing was spent');
  });
});

describe('otp simulate-abuse', () => {
  it('needs no installation, and refuses nonsense', async () => {
    const { code, err } = await installation.otp('simulate-abuse', '--people', 'many');
    expect(code).toBe(1);
    expect(err).toContain('--people');
  });
});
