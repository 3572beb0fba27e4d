import { describe, expect, it } from '@jest/globals';
import { readTenantsFile } from './read-tenants-file.ts';

const secretValue = 'EAAG-very-secret-token';

const whatsapp = (more: object = {}) => ({
  provider: 'meta-whatsapp',
  settings: { phoneNumberId: '123456789', template: { name: 'code', languages: ['en'] } },
  credentials: { accessToken: secretValue, appSecret: 'app', verifyToken: 'verify' },
  ...more,
});
const tenant = (more: object = {}) => ({
  name: 'Acme',
  brand: 'Acme',
  countries: ['DE'],
  accounts: { 'acme-wa': whatsapp() },
  route: [{ channel: 'whatsapp', account: 'acme-wa' }],
  ...more,
});
const problemsOf = (acme: object): string[] => {
  const read = readTenantsFile({ tenants: { acme } });
  if (read.ok) throw new Error('it was accepted');
  expect(JSON.stringify(read)).not.toContain(secretValue);
  return read.problems.map(({ path, problem }) => `${path}: ${problem}`);
};

describe('readTenantsFile', () => {
  it('takes a file that is right, defaults filled in', () => {
    const read = readTenantsFile({ tenants: { acme: tenant() } });
    expect(read.ok && read.file.tenants.acme?.locale).toBe('en');
  });

  it('names a missing credential by its path, with the way to get it', () => {
    const credentials = { appSecret: 'app', verifyToken: 'verify' };
    expect(problemsOf(tenant({ accounts: { 'acme-wa': whatsapp({ credentials }) } }))).toEqual([
      'tenants.acme.accounts.acme-wa.credentials.accessToken: is required — ' +
        'Create a system user token with the whatsapp_business_messaging permission.',
    ]);
  });

  it('names a misspelt setting and a wrong one', () => {
    const settings = {
      phoneNumberId: 'abc',
      template: { name: 'code', languages: ['en'] },
      grahpVersion: 'v25.0',
    };
    const problems = problemsOf(tenant({ accounts: { 'acme-wa': whatsapp({ settings }) } }));
    expect(problems).toContainEqual(
      expect.stringMatching(
        /^tenants\.acme\.accounts\.acme-wa\.settings\.phoneNumberId: is not valid — Copy/,
      ),
    );
    expect(problems).toContainEqual(expect.stringContaining('settings.grahpVersion: is not a known field'));
  });

  it('names problems of shape and of accounts in one run', () => {
    const problems = problemsOf(tenant({ name: '', accounts: { 'acme-wa': whatsapp({ credentials: {} }) } }));
    expect(problems[0]).toBe('tenants.acme.name: must not be empty');
    expect(problems).toHaveLength(4);
  });

  it('refuses a step that waits for what its provider never reports', () => {
    const mail = {
      provider: 'smtp-email',
      settings: { host: 'smtp.acme.example', from: 'no-reply@acme.example' },
    };
    const route = [
      { channel: 'whatsapp', account: 'acme-wa' },
      { channel: 'email', account: 'acme-mail', success: 'read' },
    ];
    const problems = problemsOf(tenant({ accounts: { 'acme-wa': whatsapp(), 'acme-mail': mail }, route }));
    expect(problems).toEqual([
      expect.stringMatching(/^tenants\.acme\.route\.1\.success: must be one of accepted/),
    ]);
  });

  it('leaves a kept credential to whoever knows what is stored', () => {
    const credentials = { accessToken: '[sealed]', appSecret: '[sealed]', verifyToken: '[sealed]' };
    const read = readTenantsFile({
      tenants: { acme: tenant({ accounts: { 'acme-wa': whatsapp({ credentials }) } }) },
    });
    expect(read.ok).toBe(true);
  });
});
