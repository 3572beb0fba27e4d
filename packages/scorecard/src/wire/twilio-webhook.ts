import { createHmac } from 'node:crypto';
import type { Report, WebhookCall } from './webhook-call.ts';

export interface TwilioSecrets {
  readonly accountSid: string;
  readonly authToken: string;
}

/** Twilio's status callback as its form. */
export const twilioForm = (accountSid: string, { status, ref, code }: Report): Record<string, string> => ({
  ApiVersion: '2010-04-01',
  AccountSid: accountSid,
  From: '+15005550006',
  To: '+14155550100',
  MessageSid: ref,
  MessageStatus: status === 'failed' ? 'undelivered' : status,
  SmsSid: ref,
  SmsStatus: status === 'failed' ? 'undelivered' : status,
  ...(status === 'failed' && { ErrorCode: code ?? '30005' }),
});

/** `X-Twilio-Signature`: HMAC-SHA1 of the full URL and every parameter's name and value, sorted by name. */
export const twilioSignature = (
  url: string,
  form: Readonly<Record<string, string>>,
  authToken: string,
): string => {
  const pairs = Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha1', authToken)
    .update(url + pairs.flat().join(''))
    .digest('base64');
};

/** `url` is the public one of the webhook, without query. */
export function twilioWebhook(secrets: TwilioSecrets, url: string, report: Report): WebhookCall {
  const query = `?attempt=${report.attemptId}`;
  const form = twilioForm(secrets.accountSid, report);
  return {
    query,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilioSignature(url + query, form, secrets.authToken),
    },
    body: Buffer.from(new URLSearchParams(form).toString()),
  };
}
