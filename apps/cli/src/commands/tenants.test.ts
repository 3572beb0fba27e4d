import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acmeYaml, type Installation, startInstallation } from '../testing/installation.ts';

let installation: Installation;
let path: string;
const token = 'EAAG-very-secret-token';
const env = { ACME_TOKEN: token };
beforeAll(async () => {
  installation = await startInstallation();
  path = installation.file('tenants.yaml', acmeYaml);
}, 90_000);
afterAll(() => installation?.stop(), 20_000);

describe('otp tenants', () => {
  it('shows what would change, and changes nothing, on --dry-run', async () => {
    const { code, out } = await installation.run(['tenants', 'apply', path, '--dry-run'], { env });
    expect(code).toBe(0);
    expect(out).toContain('+ tenant acme');
    expect(out).toContain('+ route: whatsapp acme-wa → sms acme-sms');
    expect(out).toContain('Nothing was changed (--dry-run).');
    expect(await installation.otp('tenants', 'get', 'acme')).toMatchObject({ code: 1 });
  });

  it('does not apply without a yes', async () => {
    const alone = await installation.run(['tenants', 'apply', path], { env });
    expect(alone).toMatchObject({ code: 1, err: expect.stringContaining('Give --yes') });
    const refused = await installation.run(['tenants', 'apply', path], { env, answer: '' });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was changed.') });
  });

  it('applies, says which webhook to enter, and finds nothing to do the second time', async () => {
    const first = await installation.run(['tenants', 'apply', path], { env, answer: 'y' });
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('✓ Applied: 1 tenant changed.');
    expect(first.out).toContain('http://127.0.0.1:3000/webhooks/meta-whatsapp/acme/acme-wa');
    expect(first.out).not.toContain(token);
    const again = await installation.run(['tenants', 'apply', path, '--yes'], { env });
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to change: 1 tenant is') });
  });

  it('names a credential that changed, never its value', async () => {
    const changed = { ACME_TOKEN: 'another-secret-token' };
    const { out } = await installation.run(['tenants', 'apply', path, '--dry-run', '--color'], {
      env: changed,
    });
    expect(out).toContain('\u001b[33m~\u001b[0m credentials.accessToken: changed');
    expect(out).not.toMatch(/secret-token/);
  });

  it('names every problem by file, line and field, and stores nothing', async () => {
    const wrong = installation.file(
      'wrong.yaml',
      acmeYaml.replace('brand: Acme', 'brand: ""').replace('appSecret: app-secret', 'appSecrt: app-secret'),
    );
    const { code, err } = await installation.run(['tenants', 'apply', wrong, '--yes'], { env });
    expect(code).toBe(1);
    expect(err.trimEnd().split('\n')).toEqual([
      `${wrong}:4:12 tenants.acme.brand must not be empty`,
      expect.stringMatching(/wrong\.yaml:15:\d+ .*credentials\.appSecret is required — Copy "App secret"/),
      expect.stringMatching(/wrong\.yaml:16:\d+ .*credentials\.appSecrt is not a known field/),
      '✗ 3 problems; nothing was changed.',
    ]);
  });

  it('names a variable that is not set', async () => {
    const { code, err } = await installation.otp('tenants', 'apply', path);
    expect(code).toBe(1);
    expect(err).toContain(
      `${path}:15:24 tenants.acme.accounts.acme-wa.credentials.accessToken needs the environment variable ACME_TOKEN`,
    );
  });

  it('exports what it takes back', async () => {
    const { out } = await installation.otp('tenants', 'get');
    expect(out).toContain('accessToken: "[sealed]"');
    expect(out).not.toContain(token);
    const back = await installation.otp('tenants', 'apply', installation.file('export.yaml', out), '--yes');
    expect(back).toMatchObject({ code: 0, out: expect.stringContaining('= unchanged: acme') });
    const json = JSON.parse((await installation.otp('tenants', 'get', 'acme', '--json')).out);
    expect(json.tenants.acme.name).toBe('Acme');
  });
});

describe('otp keys', () => {
  it('prints the secret once, then lists and revokes the key', async () => {
    const created = await installation.otp(
      'keys',
      'create',
      '--tenant',
      'acme',
      '--name',
      'login',
      '--scopes',
      'send',
      '--expires',
      '90d',
    );
    expect(created.code).toBe(0);
    const secret = created.out.trim();
    expect(secret).toMatch(/^otp_live_[0-9a-z]{26}_[0-9a-z]{32}$/);
    expect(created.err).toContain('shown once');
    const id = /key_[0-9a-z]{26}/.exec(created.err)?.[0] ?? '';
    const listed = await installation.otp('keys', 'list');
    expect(listed.out).toMatch(new RegExp(`${id}  acme    login  live  send    works, 90d left  never`));
    expect(listed.out).not.toContain(secret.slice(-32));
    expect(await installation.otp('keys', 'revoke', id)).toMatchObject({ code: 0 });
    expect((await installation.otp('keys', 'list', '--tenant', 'acme')).out).toContain('revoked');
    expect(await installation.otp('keys', 'revoke', id)).toMatchObject({
      code: 1,
      err: expect.stringContaining('no working key'),
    });
  });

  it('makes test keys, as JSON for programs', async () => {
    const { out } = await installation.otp('keys', 'create', '--tenant', 'acme', '--test', '--json');
    expect(JSON.parse(out)).toEqual({
      id: expect.stringMatching(/^key_/),
      secret: expect.stringMatching(/^otp_test_/),
    });
  });

  it.each([
    [['--tenant', 'nobody'], 'There is no tenant "nobody".\n  There is acme.'],
    [['--tenant', 'acme', '--scopes', 'send,root'], 'Use send, check, read, admin'],
    [['--tenant', 'acme', '--expires', 'soon'], 'Use a number and s, m, h or d'],
    [[], "required option '--tenant <id>'"],
  ])('refuses %j with the way out', async (args, words) => {
    const { code, err } = await installation.otp('keys', 'create', ...args);
    expect(code).toBe(1);
    expect(err).toContain(words);
  });
});
