import { type TenantConfig, tenantConfig } from '@otp-relay/contracts';

/** The id of the demo's tenant. */
export const demoTenantId = 'demo';
/** How long WhatsApp may stay silent. */
export const whatsappTimeoutMs = 3_000;
/** Long enough to find its job in Bull Board and promote it. */
const patientTimeoutMs = 300_000;
const smsTimeoutMs = 10_000;

/** What the simulated providers know this tenant by; worth nothing anywhere else. */
const known = {
  phoneNumberId: '106540352242922',
  accountSid: `AC${'de'.repeat(16)}`,
  accessToken: 'demo-access-token',
  appSecret: 'demo-app-secret',
  verifyToken: 'demo-verify-token',
  authToken: 'demo-auth-token',
} as const;

/** Body of the simulator's `PUT /_sim/accounts`: as an operator does once in Meta's and Twilio's pages. */
export const accountsOf = (apiUrl: string): object => ({
  meta: {
    [known.phoneNumberId]: {
      accessToken: known.accessToken,
      appSecret: known.appSecret,
      verifyToken: known.verifyToken,
      webhookUrl: `${apiUrl}/webhooks/meta-whatsapp/${demoTenantId}/meta`,
    },
  },
  twilio: { [known.accountSid]: { authToken: known.authToken } },
});

const phone = (timeoutMs: number) => [
  { channel: 'whatsapp', account: 'meta', timeoutMs },
  { channel: 'sms', account: 'twilio', timeoutMs: smsTimeoutMs },
];
const email = { channel: 'email', account: 'mail' };

/** WhatsApp, then SMS, then email, every one of them the simulator. */
export const demoTenant = (simulator: { readonly http: string; readonly smtpPort: number }): TenantConfig =>
  tenantConfig.parse({
    name: 'Demo',
    brand: 'Acme',
    countries: 'all',
    // A dozen people with numbers in a row, few of whom use their code: what the rules would say is shown, nothing more.
    abuse: { mode: 'monitor' },
    // The same dozen people on every run, and whoever tries it out wants no cool-down.
    limits: { recipient: null },
    accounts: {
      meta: {
        provider: 'meta-whatsapp',
        settings: {
          phoneNumberId: known.phoneNumberId,
          baseUrl: simulator.http,
          template: { name: 'verification_code', languages: ['en_US', 'pt_BR'] },
        },
        credentials: {
          accessToken: known.accessToken,
          appSecret: known.appSecret,
          verifyToken: known.verifyToken,
        },
      },
      twilio: {
        provider: 'twilio-sms',
        settings: { accountSid: known.accountSid, from: '+15005550006', baseUrl: simulator.http },
        credentials: { authToken: known.authToken },
      },
      mail: {
        provider: 'smtp-email',
        settings: {
          host: '127.0.0.1',
          port: simulator.smtpPort,
          security: 'none',
          from: 'Acme <no-reply@acme.example>',
        },
      },
    },
    route: [...phone(whatsappTimeoutMs), email],
    overrides: [
      // Meta fixes the text of its templates; the amount and the payee have to be in it.
      { purpose: 'payment', route: [...phone(whatsappTimeoutMs).slice(1), email] },
      { purpose: 'password_reset', route: [...phone(patientTimeoutMs), email] },
    ],
  });
