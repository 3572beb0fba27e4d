const key = 'key_01k9z3v6d2m8q4w7x5y1t0r9nb';

const account = {
  provider: 'twilio-sms',
  settings: { accountSid: `AC${'0a'.repeat(16)}`, from: '+15005550006' },
  credentials: { authToken: 'an-auth-token' },
};
const route = [{ channel: 'sms', account: 'acme-sms', timeoutMs: 30_000 }];

/** What the pages of the administration show. */
export const adminExample = {
  key: { id: key },
  account,
  route: { route, overrides: [] },
  tenant: { name: 'Acme', brand: 'Acme', countries: ['US', 'DE'], accounts: { 'acme-sms': account }, route },
  newKey: { name: 'login service', scopes: ['send', 'check', 'read'], mode: 'live' },
  change: {
    id: 'acme',
    change: 'changed',
    dryRun: true,
    version: 7,
    lines: ['~ tenant acme', '  ~ brand: Acme → ACME'],
  },
} as const;
