import { createHmac } from 'node:crypto';

/** Value of `X-Hub-Signature-256`: `sha256=` and the hex HMAC-SHA256 of the wire bytes under the app secret. */
export function hubSignature(appSecret: string, wireBody: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(wireBody).digest('hex')}`;
}
