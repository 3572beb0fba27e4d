import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type TenantConfig, tenantConfig } from '@otp-relay/contracts';
import { createKeyRing } from '@otp-relay/vault';
import { diffAccounts } from './diff-accounts.ts';
import { diffTenant } from './diff-tenant.ts';
import type { StoredTenant } from './stored-tenant.ts';

const keys = createKeyRing({ 2: randomBytes(32) });

const base = {
  name: 'Acme',
  brand: 'Acme',
  countries: ['DE', 'BR'],
  accounts: {
    wa: {
      provider: 'meta-whatsapp',
      settings: { phoneNumberId: '123456789' },
      credentials: { accessToken: 'old-token' },
    },
    sms: { provider: 'twilio-sms', settings: { from: 'ACME' }, credentials: { authToken: 'same' } },
  },
  route: [
    { channel: 'whatsapp', account: 'wa' },
    { channel: 'sms', account: 'sms' },
  ],
} as const;
const config = (more: object = {}): TenantConfig => tenantConfig.parse({ ...base, ...more });

const stored = (from: TenantConfig, keyVersion = 2): StoredTenant => ({
  id: 'acme',
  version: 1,
  config: from,
  accounts: new Map(
    Object.entries(from.accounts).map(([id, account]) => [id, { id, ...account, keyVersion }]),
  ),
});

function linesOf(before: StoredTenant | undefined, after: TenantConfig): string[] {
  const accounts = diffAccounts(before?.accounts ?? new Map(), after.accounts, keys);
  const { lines } = diffTenant('acme', before, after, accounts);
  return lines.map(({ sign, depth, text }) => `${'  '.repeat(depth)}${sign} ${text}`);
}

describe('diffTenant', () => {
  it('says nothing about a tenant that stays as it is', () => {
    expect(linesOf(stored(config()), config())).toEqual([]);
  });

  it('shows a new tenant whole, without its credentials', () => {
    expect(linesOf(undefined, config())).toEqual([
      '+ tenant acme',
      '  + name: Acme',
      '  + brand: Acme',
      '  + locale: en',
      '  + codes.length: 6',
      '  + codes.alphabet: digits',
      '  + codes.lifeMs: 600000',
      '  + codes.maxChecks: 5',
      '  + codes.attemptsRemaining: hidden',
      '  + codes.rememberNextMs: 86400000',
      '  + limits.recipient.coolDownMs: [30000,40000,60000,90000,120000]',
      '  + limits.recipient.perTenMinutes: 5',
      '  + limits.recipient.perDay: 10',
      '  + limits.ip.perHour: 10',
      '  + limits.ip.recipientsPerHour: 5',
      '  + limits.device.perHour: 5',
      '  + limits.tenant.perSecond: null',
      '  + limits.tenant.perMinute: 100000',
      '  + limits.tenant.perDay: 1000000',
      '  + countries: ["DE","BR"]',
      '  + requestRoutes: allowed',
      '  + retention.verificationDays: 30',
      '  + retention.receiptDays: 7',
      '  + webhooks: []',
      '  + account wa (meta-whatsapp)',
      '  + account sms (twilio-sms)',
      '  + route: whatsapp wa → sms sms',
    ]);
  });

  it('names the credential that changed and shows neither value', () => {
    const after = config({
      accounts: {
        ...base.accounts,
        wa: { ...base.accounts.wa, credentials: { accessToken: 'new-token', appSecret: 's3cret' } },
      },
    });
    expect(linesOf(stored(config()), after)).toEqual([
      '~ tenant acme',
      '  ~ account wa (meta-whatsapp)',
      '    ~ credentials.accessToken: changed',
      '    + credentials.appSecret: set',
    ]);
  });

  it('shows fields, settings, routes and overrides that changed', () => {
    const before = config({
      overrides: [{ purpose: 'payment', route: [{ channel: 'sms', account: 'sms' }] }],
    });
    const after = config({
      brand: 'Acme Bank',
      accounts: { ...base.accounts, wa: { ...base.accounts.wa, settings: { phoneNumberId: '987654321' } } },
      route: [{ channel: 'whatsapp', account: 'wa', timeoutMs: 15_000, success: 'read' }],
      overrides: [{ callingCode: '55', route: [{ channel: 'sms', account: 'sms' }] }],
    });
    expect(linesOf(stored(before), after)).toEqual([
      '~ tenant acme',
      '  ~ brand: Acme → Acme Bank',
      '  ~ account wa (meta-whatsapp)',
      '    ~ settings.phoneNumberId: 123456789 → 987654321',
      '  ~ route: whatsapp wa → sms sms  ⇒  whatsapp wa 15s until read',
      '  + route for +55: sms sms',
      '  - route for payment: sms sms',
    ]);
  });

  it('shows an account that is gone from the file', () => {
    const after = config({
      accounts: { wa: base.accounts.wa },
      route: [{ channel: 'whatsapp', account: 'wa' }],
    });
    expect(linesOf(stored(config()), after)).toContain('  - account sms (twilio-sms)');
  });

  it('seals anew what an older key sealed', () => {
    expect(linesOf(stored(config(), 1), config())).toEqual([
      '~ tenant acme',
      '  ~ account wa (meta-whatsapp)',
      '    ~ credentials: sealed anew with key 2 (was 1)',
      '  ~ account sms (twilio-sms)',
      '    ~ credentials: sealed anew with key 2 (was 1)',
    ]);
  });

  it('replaces credentials that no key opens any more', () => {
    const before = stored(config());
    const lost = new Map(
      [...before.accounts].map(([id, account]) => [id, { ...account, credentials: null }]),
    );
    expect(linesOf({ ...before, accounts: lost }, config())).toContain(
      '    ~ credentials: replaced (the stored ones cannot be opened)',
    );
  });
});
