import { tenantConfig, verificationRequest } from '@otp-relay/contracts';
import type { Channel, Step } from '@otp-relay/core';
import { type Recipient, readRecipient } from '../../recipient.ts';
import type { AbuseAsk, AbuseScreened } from '../abuse-ask.ts';

/** Test data only: a request, by what matters of it. */
export interface Asked {
  readonly phone?: string;
  readonly email?: string;
  /** Of the tenant's config. */
  readonly more?: object;
  readonly mode?: 'live' | 'test';
  readonly tenantId?: string;
  readonly request?: object;
  readonly channels?: readonly Channel[];
}

const step = (channel: Channel): Step => ({
  channel,
  provider: 'twilio-sms',
  account: channel,
  timeoutMs: 1,
  success: 'delivered',
  minLifeMs: 0,
});

/** The request as rules see it: WhatsApp, SMS, email, all countries open. */
export function asked({
  phone,
  email,
  more,
  mode = 'live',
  tenantId = 'acme',
  request,
  channels,
}: Asked): AbuseAsk {
  const to = { ...(phone !== undefined && { phone }), ...(email !== undefined && { email }) };
  return {
    tenant: {
      id: tenantId,
      config: tenantConfig.parse({
        name: 'Acme',
        brand: 'Acme',
        countries: 'all',
        accounts: { sms: { provider: 'twilio-sms' } },
        route: [{ channel: 'sms', account: 'sms' }],
        ...more,
      }),
    },
    request: { ...verificationRequest.parse({ to }), ...request },
    recipient: readRecipient(to) as Recipient,
    steps: (channels ?? ['whatsapp', 'sms', 'email']).map(step),
    mode,
    source: 'http',
  };
}

/** What is left of the route, or the code of the refusal. */
export const left = (screened: AbuseScreened): string =>
  screened.kind === 'refused' ? screened.code : screened.steps.map(({ channel }) => channel).join(' ');

/** Numbers far from one another, in one range. */
export const far = (index: number): string => `+491511200${String((index * 131) % 10_000).padStart(4, '0')}`;
