import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithRedis } from '@otp-relay/testkit';
import { acmeYaml, type Installation, startInstallation } from '../testing/installation.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
}, 90_000);
afterAll(() => installation?.stop(), 20_000);

const away = { OTP_PUBLIC_URL: 'http://127.0.0.1:1' };
const doctor = (env: Record<string, string | undefined> = {}) =>
  installation.run(['doctor'], { env: { ...away, ...env } });

describe('otp doctor and otp migrate', () => {
  it('finds a database without a schema, and says how to make it', async () => {
    const { code, out } = await doctor();
    expect(code).toBe(2);
    expect(out).toMatch(/^fail {2}postgres {3}it answers, but the schema is missing\n +→ Run: otp migrate$/m);
    expect(out).toContain('1 to mend');
  });

  it('migrates once', async () => {
    const first = await installation.otp('migrate');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('+ 0001-tenants');
    expect((await installation.otp('migrate')).out).toBe('✓ Already up to date.\n');
  });

  it('finds an installation without tenants, then one without a key, then all well', async () => {
    expect((await doctor()).out).toMatch(/^warn {2}tenants {4}there are none yet/m);
    const path = installation.file('tenants.yaml', acmeYaml);
    await installation.run(['tenants', 'apply', path, '--yes'], { env: { ACME_TOKEN: 'token' } });
    expect((await doctor()).out).toContain('→ otp keys create --tenant acme');
    await installation.otp('keys', 'create', '--tenant', 'acme');
    const { code, out } = await doctor();
    expect(code).toBe(0);
    expect(out).toMatch(/^ok {4}tenants {4}acme can send, with 1 API key$/m);
    expect(out).toMatch(/^ok {4}webhooks {3}http:\/\/127\.0\.0\.1:1\/webhooks\/twilio-sms\/acme\/acme-sms$/m);
    expect(out).toMatch(/^warn {2}api {8}http:\/\/127\.0\.0\.1:1 does not answer from here$/m);
  });

  it('finds credentials that these keys cannot open', async () => {
    const strange = `1:${Buffer.alloc(32, 'x').fill('y', 1).toString('base64')}`;
    const { code, out } = await doctor({ OTP_KEYS: strange });
    expect(code).toBe(2);
    expect(out).toContain('tenants.acme.accounts.acme-wa.credentials cannot be opened with these OTP_KEYS');
  });

  it('finds Postgres and Redis away, without printing their passwords', async () => {
    const { code, out } = await doctor({
      DATABASE_URL: 'postgres://otp:hunter2@127.0.0.1:1/otp',
      REDIS_URL: 'redis://:hunter2@127.0.0.1:1',
    });
    expect(code).toBe(2);
    expect(out).toMatch(/^fail {2}redis {6}it does not answer/m);
    expect(out).toMatch(/^fail {2}postgres {3}it does not answer/m);
    expect(out).not.toContain('hunter2');
  });

  it('refuses to make anything up in production', async () => {
    const { code, err } = await doctor({
      NODE_ENV: 'production',
      DATABASE_URL: undefined,
      OTP_KEYS: undefined,
    });
    expect(code).toBe(1);
    expect(err).toContain('DATABASE_URL is not set');
    expect(err).toContain('OTP_KEYS is not set');
  });
});

describeWithRedis(
  'otp doctor with Redis',
  (redis) => {
    it('looks at the settings codes depend on', async () => {
      expect((await doctor({ REDIS_URL: redis().url })).out).toMatch(
        /^ok {4}redis {6}version \S+: noeviction, appendonly, hz 100$/m,
      );
    });
  },
  { own: true },
);

describe('otp', () => {
  it.each([
    [['--help'], 0, 'Start with:'],
    [['show', '--help'], 0, '$ otp show vrf_01jd3x --watch'],
    [['tenants', 'apply', '--help'], 0, '$ otp tenants apply tenants.yaml --dry-run'],
    [['keys', 'create', '--help'], 0, '$ otp keys create --tenant acme'],
  ])('%j helps', async (args, code, words) => {
    const ran = await installation.otp(...args);
    expect(ran.code).toBe(code);
    expect(ran.out).toContain(words);
  });

  it('knows what it does not know', async () => {
    expect(await installation.otp('shwo')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Did you mean show?'),
    });
    expect(await installation.otp('show')).toMatchObject({
      code: 1,
      err: expect.stringContaining("missing required argument 'id'"),
    });
  });
});
