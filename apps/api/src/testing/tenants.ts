export const appSecret = 'an-app-secret-nobody-else-knows';
export const authToken = 'an-auth-token-of-twilio';
export const accountSid = `AC${'a1'.repeat(16)}`;
export const verifyToken = 'a-verify-token-of-acme';

/** Three tenants on ports where nothing listens: what the API does never depends on a provider. */
export const tenants = {
  acme: tenant('Acme', ['whatsapp', 'email']),
  globex: tenant('Globex', ['email']),
  initech: tenant('Initech', ['sms']),
};

function tenant(brand: string, route: readonly ('whatsapp' | 'sms' | 'email')[]) {
  const accounts = { whatsapp: 'wa', sms: 'sms', email: 'mail' };
  return {
    name: brand,
    brand,
    countries: 'all',
    abuse: { mode: 'allow' },
    accounts: {
      wa: {
        provider: 'meta-whatsapp',
        settings: {
          phoneNumberId: '106540352242922',
          baseUrl: 'http://127.0.0.1:9',
          template: { name: 'verification_code', languages: ['en_US'] },
        },
        credentials: { accessToken: 'a-token-of-a-system-user', appSecret, verifyToken },
      },
      sms: {
        provider: 'twilio-sms',
        settings: { accountSid, from: '+15005550006', baseUrl: 'http://127.0.0.1:9' },
        credentials: { authToken },
      },
      mail: {
        provider: 'smtp-email',
        settings: { host: '127.0.0.1', port: 9, security: 'none', from: 'codes@acme.example' },
        credentials: {},
      },
    },
    route: route.map((channel) => ({ channel, account: accounts[channel] })),
  };
}
