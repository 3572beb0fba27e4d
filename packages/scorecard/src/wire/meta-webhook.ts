import { createHmac } from 'node:crypto';
import type { Report, WebhookCall } from './webhook-call.ts';

export interface MetaSecrets {
  readonly phoneNumberId: string;
  readonly appSecret: string;
}

/** Meta's Cloud API, webhook field `messages`: the body of a delivery report, as an object that can be bent. */
export const metaEvent = (phoneNumberId: string, reports: readonly Report[]) => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '102290129340398',
      changes: [
        {
          field: 'messages',
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
            statuses: reports.map(statusOf),
          },
        },
      ],
    },
  ],
});

const statusOf = ({ attemptId, status, ref, code, at }: Report) => ({
  id: ref,
  status,
  timestamp: String(at),
  recipient_id: '14155550100',
  biz_opaque_callback_data: attemptId,
  ...(status === 'failed' && {
    errors: [{ code: Number(code ?? 131026), title: 'failed', error_data: { details: 'said the network' } }],
  }),
});

/** `X-Hub-Signature-256`: HMAC-SHA256 of the raw bytes with the app secret. */
export const metaSignature = (body: Buffer, appSecret: string, algorithm = 'sha256'): string =>
  `${algorithm}=${createHmac(algorithm, appSecret).update(body).digest('hex')}`;

export function metaWebhook(secrets: MetaSecrets, reports: readonly Report[]): WebhookCall {
  const body = Buffer.from(JSON.stringify(metaEvent(secrets.phoneNumberId, reports)));
  return {
    query: '',
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': metaSignature(body, secrets.appSecret),
    },
    body,
  };
}
