import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '@otp-relay/core';

const prefix = 'whsec_';

/** A new signing secret, `whsec_<base64 of 32 random bytes>` (Standard Webhooks 1.0 asks for 24 to 64). */
export const createWebhookSecret = (): Secret => new Secret(prefix + randomBytes(32).toString('base64'));

/** One call as it is signed: id, seconds since 1970, body. */
export interface SignedCall {
  readonly id: string;
  readonly timestamp: number;
  readonly body: string;
}

/** The `webhook-signature` header: `v1,<base64>` for each secret, so that a receiver may change over at any moment. */
export function signWebhook({ id, timestamp, body }: SignedCall, secrets: readonly Secret[]): string {
  if (secrets.length === 0) throw new RangeError('a webhook is never called without a signature');
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.reveal().slice(prefix.length), 'base64');
      if (key.length < 24) throw new RangeError('a webhook secret is too short');
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    })
    .join(' ');
}
