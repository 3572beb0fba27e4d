import { randomBytes } from 'node:crypto';
import { type Sender, shelf } from '@otp-relay/channels';
import { tenantConfig } from '@otp-relay/contracts';
import type { ProviderName, Step } from '@otp-relay/core';
import type { Log, OpenAccount, Tally, Tenant } from '@otp-relay/engine';
import { createKeyRing, createPepper } from '@otp-relay/vault';
import type { Tape } from './tape.ts';

/** Everything that is the same in every schedule. Secrets that guard nothing. */
export const secrets = {
  phoneNumberId: '106540352242922',
  appSecret: 'simulated-app-secret',
  accountSid: `AC${'5e'.repeat(16)}`,
  authToken: 'simulated-auth-token',
  bounceToken: 'simulated-bounce-token',
} as const;

export const publicUrl = 'https://otp.example.com';
export const keys = createKeyRing(`1:${randomBytes(32).toString('base64')}`);
export const pepper = createPepper(randomBytes(32).toString('base64'));
export const tenantId = 'acme';

const nothing = (): void => undefined;
export const quiet: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
export const uncounted: Tally = {
  accepted: nothing,
  attempt: nothing,
  failure: nothing,
  receipt: nothing,
  webhookRefused: nothing,
  batch: nothing,
  effectLost: nothing,
  limited: nothing,
  abuse: nothing,
  dispatch: nothing,
  check: nothing,
};

const accounts = {
  wa: {
    provider: 'meta-whatsapp',
    settings: { phoneNumberId: secrets.phoneNumberId, template: { name: 'code', languages: ['en_US'] } },
    credentials: { accessToken: 'none', appSecret: secrets.appSecret, verifyToken: 'none' },
  },
  sms: {
    provider: 'twilio-sms',
    settings: { accountSid: secrets.accountSid, from: '+15005550006' },
    credentials: { authToken: secrets.authToken },
  },
  mail: {
    provider: 'smtp-email',
    settings: { host: 'mail.example.com', from: 'no-reply@acme.example', bounceDomain: 'b.acme.example' },
    credentials: { bounceToken: secrets.bounceToken },
  },
} as const;

const config = tenantConfig.parse({
  name: 'Acme Bank',
  brand: 'Acme',
  countries: 'all',
  abuse: { mode: 'allow' },
  codes: { lifeMs: 60_000, maxChecks: 3 },
  limits: { recipient: null, ip: null, device: null, tenant: null },
  accounts,
  route: [{ channel: 'sms', account: 'sms' }],
});

const parsed = Object.entries(accounts).map(([id, { provider, settings, credentials }]) => {
  const result = shelf[provider].parseAccount({ settings, credentials });
  if (!result.ok) throw new Error(`the simulated account ${id} is wrong`);
  return { id, provider: provider as ProviderName, account: result.account as unknown };
});

const channelOf = { wa: 'whatsapp', sms: 'sms', mail: 'email' } as const;

/** A route of one to four steps over the tenant's accounts, in any order, an account perhaps twice. */
export function anyRoute(tape: Tape): readonly Step[] {
  const usual = ['wa', 'sms', 'mail'] as const;
  const ids = tape.chance(40)
    ? Array.from({ length: 1 + tape.choose(4) }, () => tape.pick(usual))
    : [...usual];
  return ids.map((account) => {
    const provider = shelf[accounts[account].provider];
    return {
      channel: channelOf[account],
      provider: provider.name,
      account,
      timeoutMs: tape.pick([10_000, 5_000, 25_000]),
      success: tape.chance(20)
        ? tape.pick(provider.capabilities.success)
        : provider.capabilities.defaultSuccess,
      minLifeMs: provider.capabilities.minLifeMs,
    };
  });
}

/** The one tenant, with `sender` behind each of its accounts. */
export const tenantWith = (
  steps: readonly Step[],
  sender: (account: string, provider: ProviderName) => Sender,
): Tenant => ({
  id: tenantId,
  config,
  routes: [{ steps }],
  accounts: new Map(
    parsed.map((one): [string, OpenAccount] => [one.id, { ...one, sender: sender(one.id, one.provider) }]),
  ),
});
