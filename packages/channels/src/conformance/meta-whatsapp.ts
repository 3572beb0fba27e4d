import { createHmac } from 'node:crypto';
import { Secret } from '@otp-relay/core';
import type { MetaAccount } from '../meta-whatsapp/config.ts';
import { metaWhatsapp } from '../meta-whatsapp/index.ts';
import type { AccountInput, WebhookRequest } from '../provider.ts';
import { attemptId } from './conforms.ts';
import { fixture } from './fixture.ts';
import { startHttpDouble } from './http-double.ts';
import type { Rig } from './rig.ts';

const errors = fixture('meta-whatsapp/fixtures/errors.json');
export const accepted = { status: 200, body: fixture('meta-whatsapp/fixtures/accepted.json') };
const credentials = {
  accessToken: 'EAAJB-access-token',
  appSecret: 'app-secret-0123',
  verifyToken: 'verify-token',
};

export const metaInput = (port: number, languages: string[] = ['en_US', 'es', 'es_AR']): AccountInput => ({
  settings: {
    phoneNumberId: '106540352242922',
    wabaId: '102290129340398',
    baseUrl: `http://127.0.0.1:${port}`,
    template: { name: 'verification_code', languages },
  },
  credentials,
});

/** An event signed as Meta signs it. */
export function metaCall(body: Uint8Array, appSecret = credentials.appSecret): WebhookRequest {
  const signature = createHmac('sha256', appSecret).update(body).digest('hex');
  return {
    method: 'POST',
    url: 'https://relay.example.com/webhooks/meta-whatsapp/acme/acme-wa',
    headers: { 'x-hub-signature-256': `sha256=${signature}`, 'content-type': 'application/json' },
    query: {},
    rawBody: body,
  };
}

const delivered = JSON.stringify(fixture('meta-whatsapp/fixtures/events.json').delivered).replace(
  /att_\w+/,
  attemptId,
);

export const metaRig: Rig<MetaAccount> = {
  provider: metaWhatsapp,
  startDouble: () => startHttpDouble({ accept: accepted, refuse: errors.expiredToken }),
  account: (port) => metaInput(port),
  secrets: Object.values(credentials),
  to: '+12015553931',
  required: [
    'settings.phoneNumberId',
    'settings.template',
    'settings.template.name',
    'settings.template.languages',
    'credentials.accessToken',
    'credentials.appSecret',
    'credentials.verifyToken',
  ],
  withoutSecrets: (account) => ({ ...account, appSecret: new Secret(''), verifyToken: new Secret('') }),
  authentic: (body) => metaCall(body),
  proof: 'x-hub-signature-256',
  report: Buffer.from(delivered),
};
