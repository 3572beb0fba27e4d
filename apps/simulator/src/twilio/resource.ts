import type { Message } from '../phone/message.ts';
import { textOf } from '../phone/message.ts';
import { segmentCount } from './segments.ts';

/** A Message resource as the API prints it: RFC 2822 dates, numbers as strings. */
export function messageResource(message: Message): Record<string, unknown> {
  const messagingServiceSid = message.twilio?.messagingServiceSid ?? null;
  const initial = message.status === 'accepted';
  const prefix = message.channel === 'sms' ? '' : `${message.channel}:`;
  const uri = `/2010-04-01/Accounts/${message.account}/Messages/${message.id}`;
  const body = textOf(message.content);
  const sent = message.receipts.find((receipt) => receipt.status !== 'queued');
  return {
    account_sid: message.account,
    api_version: '2010-04-01',
    body,
    date_created: rfc2822(message.at),
    date_sent: sent === undefined ? null : rfc2822(sent.at),
    date_updated: rfc2822(message.receipts.at(-1)?.at ?? message.at),
    direction: 'outbound-api',
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : 'The message could not be delivered',
    from: initial && messagingServiceSid !== null ? null : message.from,
    messaging_service_sid: messagingServiceSid,
    num_media: '0',
    num_segments: initial && messagingServiceSid !== null ? '0' : String(segmentCount(body)),
    price: null,
    price_unit: null,
    sid: message.id,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: `${prefix}${message.to}`,
    uri: `${uri}.json`,
  };
}

function rfc2822(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}
