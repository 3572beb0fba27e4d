import type { TenantsFile } from '@otp-relay/contracts';
import { tenantConfig } from '@otp-relay/contracts';

/** Where the simulator listens. */
export interface SimulatorAddress {
  readonly http: string;
  readonly smtp: number;
}

/** Credentials the simulator is told to expect, and the tenant to present. */
export const simulatedCredentials = {
  phoneNumberId: '106540352242922',
  accountSid: `AC${'5e'.repeat(16)}`,
  accessToken: 'e2e-access-token',
  appSecret: 'e2e-app-secret',
  verifyToken: 'e2e-verify-token',
  authToken: 'e2e-auth-token',
} as const;

export interface TenantShape {
  /** Step timeouts, ms. */
  readonly whatsappMs?: number;
  readonly smsMs?: number;
  /** Anything else of a tenant config. */
  readonly more?: Record<string, unknown>;
}

/** A tenant whose every provider is the simulator: WhatsApp, then SMS, then email. */
export function simulatedTenant(
  simulator: SimulatorAddress,
  shape: TenantShape = {},
): TenantsFile['tenants'][string] {
  const c = simulatedCredentials;
  return tenantConfig.parse({
    name: 'Acme Bank',
    brand: 'Acme',
    origin: 'acme.example',
    countries: 'all',
    // Simulated people live next door to one another and seldom use their codes.
    abuse: { mode: 'allow' },
    accounts: {
      wa: {
        provider: 'meta-whatsapp',
        settings: {
          phoneNumberId: c.phoneNumberId,
          baseUrl: simulator.http,
          template: { name: 'verification_code', languages: ['en_US'] },
          // Payments can be shown on WhatsApp, signatures cannot.
          transactions: { payment: { name: 'payment_code', languages: ['en_US'] } },
        },
        credentials: { accessToken: c.accessToken, appSecret: c.appSecret, verifyToken: c.verifyToken },
      },
      sms: {
        provider: 'twilio-sms',
        settings: { accountSid: c.accountSid, from: '+15005550006', baseUrl: simulator.http },
        credentials: { authToken: c.authToken },
      },
      mail: {
        provider: 'smtp-email',
        settings: {
          host: '127.0.0.1',
          port: simulator.smtp,
          security: 'none',
          from: 'Acme <no-reply@acme.example>',
        },
        credentials: {},
      },
    },
    route: [
      { channel: 'whatsapp', account: 'wa', timeoutMs: shape.whatsappMs ?? 2_000 },
      { channel: 'sms', account: 'sms', timeoutMs: shape.smsMs ?? 2_000 },
      { channel: 'email', account: 'mail' },
    ],
    ...shape.more,
  });
}
