import { createHmac } from 'node:crypto';

/**
 * Value of `X-Twilio-Signature`: base64 HMAC-SHA1 under the account's auth token of the URL as called
 * (no fragment), followed by every parameter's name and value, sorted by name.
 */
export function twilioSignature(authToken: string, url: string, params: Record<string, string>): string {
  const signed = Object.keys(params)
    .sort()
    .reduce((text, name) => text + name + params[name], url);
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}
