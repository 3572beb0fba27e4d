import { Secret } from '@otp-relay/core';
import type { AccountInput, WebhookRequest } from '../provider.ts';
import type { SmtpAccount } from '../smtp-email/config.ts';
import { smtpEmail } from '../smtp-email/index.ts';
import { mail } from './fixture.ts';
import type { Rig } from './rig.ts';
import { startSmtpDouble } from './smtp-double.ts';

const credentials = { user: 'relay', password: 'smtp-password', bounceToken: 'bounce-token-01' };

export const smtpInput = (port: number, settings: Record<string, unknown> = {}): AccountInput => ({
  settings: {
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'Example <no-reply@example.com>',
    bounceDomain: 'bounces.example.com',
    ...settings,
  },
  credentials,
});

/** A bounce as the mail server's pipe posts it. */
export const bounceCall = (rawBody: Uint8Array): WebhookRequest => ({
  method: 'POST',
  url: 'https://relay.example.com/webhooks/smtp-email/acme/acme-mail',
  headers: { authorization: `Bearer ${credentials.bounceToken}` },
  query: {},
  rawBody,
});

export const smtpRig: Rig<SmtpAccount> = {
  provider: smtpEmail,
  startDouble: startSmtpDouble,
  account: (port) => smtpInput(port),
  secrets: [credentials.password, credentials.bounceToken],
  to: 'ada@example.org',
  required: ['settings.host', 'settings.from', 'credentials.user', 'credentials.password'],
  withoutSecrets: (account) => ({ ...account, bounceToken: new Secret('') }),
  authentic: bounceCall,
  proof: 'authorization',
  report: mail('smtp-email/fixtures/bounce-postfix.eml'),
};
