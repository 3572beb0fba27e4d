import { describe, expect, it } from '@jest/globals';
import { fieldProblems } from './problems.ts';
import { tenantsFile } from './tenant-config.ts';

const accounts = {
  wa: { provider: 'meta-whatsapp' },
  sms: { provider: 'twilio-sms' },
  mail: { provider: 'smtp-email' },
};
const tenant = {
  name: 'Acme Bank',
  brand: 'Acme',
  countries: ['DE', 'BR'],
  accounts,
  route: [
    { channel: 'whatsapp', account: 'wa' },
    { channel: 'sms', account: 'sms', timeoutMs: 30_000 },
    { channel: 'email', account: 'mail' },
  ],
};
const problemsOf = (change: object): Record<string, string> => {
  const parsed = tenantsFile.safeParse({ tenants: { acme: { ...tenant, ...change } } });
  return parsed.success
    ? {}
    : Object.fromEntries(
        fieldProblems(parsed.error).map((p) => [p.path.replace('tenants.acme.', ''), p.problem]),
      );
};

describe('the tenants file', () => {
  it('is read with its defaults', () => {
    const acme = tenantsFile.parse({ tenants: { acme: tenant } }).tenants.acme;
    expect(acme).toMatchObject({
      locale: 'en',
      requestRoutes: 'allowed',
      overrides: [],
      codes: { length: 6, lifeMs: 600_000, maxChecks: 5 },
      accounts: { wa: { settings: {}, credentials: {} } },
    });
  });

  it('refuses a step whose account is unknown or sends on another channel', () => {
    expect(problemsOf({ route: [{ channel: 'sms', account: 'nope' }] })).toEqual({
      'route.0.account': 'names an account that is not under "accounts"',
    });
    expect(problemsOf({ route: [{ channel: 'sms', account: 'wa' }] })['route.0.channel']).toContain(
      '"whatsapp"',
    );
  });

  it('checks overrides as it checks the route, and refuses two for the same case', () => {
    const route = [{ channel: 'sms', account: 'sms' }];
    expect(
      problemsOf({
        overrides: [
          { callingCode: '55', route },
          { purpose: 'payment', route },
        ],
      }),
    ).toEqual({});
    expect(problemsOf({ overrides: [{ route }] })['overrides.0']).toContain('needs a purpose');
    expect(problemsOf({ overrides: [{ callingCode: '+55', route }] })).toHaveProperty([
      'overrides.0.callingCode',
    ]);
    expect(
      problemsOf({
        overrides: [
          { callingCode: '55', route },
          { callingCode: '55', route },
        ],
      })['overrides.1'],
    ).toContain('repeats');
    expect(
      problemsOf({ overrides: [{ callingCode: '55', route: [{ channel: 'sms', account: 'no' }] }] }),
    ).toHaveProperty(['overrides.0.route.0.account']);
  });

  it('opens no country by itself, and says how to open some', () => {
    for (const countries of [undefined, 'DE'])
      expect(problemsOf({ countries }).countries).toContain('["DE", "AT"]');
    expect(problemsOf({ countries: [] }).countries).toContain('at least one country');
    expect(problemsOf({ countries: ['DE', 'Germany'] })['countries.1']).toContain('e.g. "DE"');
    expect(problemsOf({ countries: 'all' })).toEqual({});
  });

  it('bounds what the rules against abuse may do, and names the modes there are', () => {
    expect(problemsOf({ abuse: { mode: 'monitor', rules: { prefix: 'degrade' } } })).toEqual({});
    expect(problemsOf({ abuse: { rules: { prefix: 'kill' } } })['abuse.rules.prefix']).toContain('monitor');
    expect(problemsOf({ abuse: { countries: { de: { prefix: 'block' } } } })).not.toEqual({});
    expect(
      problemsOf({ spend: { currency: 'EUR', dailyCaps: { countries: { default: -1 } } } }),
    ).toHaveProperty(['spend.dailyCaps.countries.default']);
  });

  it('bounds timeouts and the number of steps', () => {
    expect(problemsOf({ route: [] })).toHaveProperty('route');
    expect(problemsOf({ route: [{ channel: 'sms', account: 'sms', timeoutMs: 900_001 }] })).toHaveProperty([
      'route.0.timeoutMs',
    ]);
    expect(problemsOf({ origin: 'https://acme.example' }).origin).toContain('host name');
  });
});
