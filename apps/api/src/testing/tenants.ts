export const appSecret = 'an-app-secret-nobody-else-knows';
export const verifyToken = 'a-verify-token-of-acme';

/** Two tenants on ports where nothing listens: what the API does never depends on a provider. */
export const tenants = {
  acme: tenant('Acme', ['whatsapp', 'email']),
  globex: tenant('Globex', ['email']),
};

function tenant(brand: string, route: readonly ('whatsapp' | 'email')[]) {
  const accounts = { whatsapp: 'wa', email: 'mail' };
  return {
    name: brand,
    brand,
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
      mail: {
        provider: 'smtp-email',
        settings: { host: '127.0.0.1', port: 9, security: 'none', from: 'codes@acme.example' },
        credentials: {},
      },
    },
    route: route.map((channel) => ({ channel, account: accounts[channel] })),
  };
}
