import type { Failure } from '@otp-relay/core';
import type { FailureTable } from '../failures.ts';
import { redact } from '../redact.ts';

/**
 * Twilio error codes, from the answer or from a `failed`/`undelivered` callback. The codes are Twilio's ("Error and Warning
 * Dictionary"); the meaning is our judgement for one-time codes. 63xxx belong to its WhatsApp and RCS senders, 60xxx to
 * Twilio Verify, which is not used here.
 */
export const twilioFailures: FailureTable = {
  '20003': ['auth_failed', 'account'],
  '20404': ['bad_request', 'request'],
  '20429': ['rate_limited', 'account'],
  // "Internal server error": the message may have been created all the same.
  '20500': ['unreadable_answer', 'platform'],
  '20503': ['provider_unavailable', 'platform'],
  '21211': ['invalid_number', 'recipient'],
  '21212': ['sender_not_approved', 'sender'],
  '21408': ['country_restricted', 'country'],
  '21602': ['bad_request', 'request'],
  '21603': ['bad_request', 'request'],
  '21606': ['sender_not_approved', 'sender'],
  '21608': ['not_permitted', 'account'],
  // STOP concerns this sender only: another channel is allowed.
  '21610': ['unsubscribed', 'recipient'],
  '21611': ['rate_limited', 'sender'],
  '21612': ['unreachable', 'recipient'],
  '21614': ['landline', 'recipient'],
  '21617': ['bad_request', 'request'],
  '21624': ['bad_request', 'request'],
  '21655': ['template_missing', 'template'],
  '21656': ['bad_request', 'request'],
  '21664': ['bad_request', 'request'],
  '21666': ['bad_request', 'request'],
  '21667': ['sender_not_approved', 'sender'],
  '21703': ['sender_not_approved', 'sender'],
  '21910': ['bad_request', 'request'],
  '30001': ['rate_limited', 'sender'],
  '30002': ['account_restricted', 'account'],
  '30003': ['unreachable', 'recipient'],
  '30004': ['recipient_blocked', 'recipient'],
  '30005': ['unreachable', 'recipient'],
  '30006': ['landline', 'recipient'],
  '30007': ['carrier_filtered', 'sender'],
  '30008': ['provider_unavailable', 'recipient'],
  '30010': ['bad_request', 'request'],
  '30017': ['carrier_congested', 'recipient'],
  '30018': ['country_restricted', 'country'],
  '30022': ['rate_limited', 'sender'],
  '30023': ['sender_unavailable', 'sender'],
  '30032': ['sender_not_approved', 'sender'],
  '30034': ['sender_not_approved', 'sender'],
  '30036': ['message_expired', 'sender'],
  '30410': ['carrier_congested', 'recipient'],
  '30450': ['suspected_fraud', 'recipient'],
  '60200': ['bad_request', 'request'],
  '60202': ['recipient_blocked', 'recipient'],
  '60203': ['recipient_blocked', 'recipient'],
  '60205': ['landline', 'recipient'],
  '60410': ['suspected_fraud', 'recipient'],
  '63001': ['auth_failed', 'account'],
  '63003': ['not_on_whatsapp', 'recipient'],
  '63005': ['bad_request', 'request'],
  '63007': ['sender_not_approved', 'sender'],
  '63012': ['provider_unavailable', 'platform'],
  '63013': ['template_paused', 'template'],
  '63015': ['recipient_blocked', 'recipient'],
  '63016': ['bad_request', 'request'],
  '63018': ['rate_limited', 'sender'],
  '63020': ['account_restricted', 'account'],
  '63021': ['bad_request', 'request'],
  '63024': ['not_on_whatsapp', 'recipient'],
  '63027': ['template_missing', 'template'],
  '63028': ['bad_request', 'request'],
  '63032': ['recipient_blocked', 'recipient'],
  '63033': ['recipient_blocked', 'recipient'],
  '63036': ['not_rcs_capable', 'recipient'],
  '63038': ['account_restricted', 'account'],
  '63040': ['template_paused', 'template'],
  '63041': ['template_paused', 'template'],
  '63042': ['template_paused', 'template'],
  '63049': ['recipient_blocked', 'recipient'],
  '63051': ['account_restricted', 'account'],
  '63106': ['not_rcs_capable', 'recipient'],
  '90007': ['bad_request', 'request'],
};

/** The failure behind one code; `secrets` are cut out of the detail. */
export function twilioFailureOf(code: string, message = '', secrets: readonly string[] = []): Failure {
  const known = Object.hasOwn(twilioFailures, code) ? twilioFailures[code] : undefined;
  const [kind, scope] = known ?? (['unknown', 'request'] as const);
  const detail = redact(message, secrets);
  return { kind, scope, code, ...(detail === '' ? {} : { detail }) };
}
