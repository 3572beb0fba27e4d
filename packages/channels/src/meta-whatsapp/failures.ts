import type { Failure } from '@otp-relay/core';
import type { FailureTable } from '../failures.ts';
import { redact } from '../redact.ts';

/**
 * Graph and Cloud API error codes. The codes are Meta's (WhatsApp "Error codes" page); the meaning is our judgement for
 * one-time codes. They arrive in the answer, in a `failed` status, or both.
 */
export const metaFailures: FailureTable = {
  '0': ['auth_failed', 'account'],
  '1': ['provider_unavailable', 'request'],
  '2': ['provider_unavailable', 'platform'],
  '3': ['not_permitted', 'account'],
  '4': ['rate_limited', 'account'],
  '10': ['not_permitted', 'account'],
  '33': ['sender_not_approved', 'sender'],
  '100': ['bad_request', 'request'],
  // Code 100 with subcode 33: the phone number id does not exist or is not ours.
  '100/33': ['sender_not_approved', 'sender'],
  '190': ['auth_failed', 'account'],
  '200-299': ['not_permitted', 'account'],
  '368': ['account_restricted', 'account'],
  '80007': ['rate_limited', 'account'],
  '130403': ['recipient_blocked', 'recipient'],
  '130429': ['rate_limited', 'sender'],
  '130472': ['recipient_blocked', 'recipient'],
  '130497': ['country_restricted', 'country'],
  '131000': ['provider_unavailable', 'platform'],
  '131005': ['not_permitted', 'account'],
  '131008': ['bad_request', 'request'],
  '131009': ['bad_request', 'request'],
  '131016': ['provider_unavailable', 'platform'],
  '131021': ['recipient_blocked', 'recipient'],
  '131026': ['not_on_whatsapp', 'recipient'],
  '131030': ['recipient_blocked', 'recipient'],
  '131031': ['account_restricted', 'account'],
  '131037': ['sender_not_approved', 'sender'],
  '131042': ['insufficient_funds', 'account'],
  '131045': ['sender_not_approved', 'sender'],
  '131047': ['bad_request', 'request'],
  '131048': ['sender_unavailable', 'sender'],
  '131049': ['recipient_blocked', 'recipient'],
  '131050': ['unsubscribed', 'recipient'],
  '131051': ['bad_request', 'request'],
  '131052': ['bad_request', 'request'],
  '131053': ['bad_request', 'request'],
  '131056': ['rate_limited', 'recipient'],
  // Throughput upgrade: the number is unusable for up to a minute, longer than a step waits.
  '131057': ['sender_unavailable', 'sender'],
  '131062': ['bad_request', 'request'],
  '131064': ['account_restricted', 'account'],
  '132000': ['template_missing', 'template'],
  '132001': ['template_missing', 'template'],
  '132005': ['template_missing', 'template'],
  '132007': ['template_paused', 'template'],
  '132008': ['bad_request', 'request'],
  '132012': ['bad_request', 'request'],
  '132015': ['template_paused', 'template'],
  '132016': ['template_paused', 'template'],
  '132018': ['bad_request', 'request'],
  '133004': ['provider_unavailable', 'platform'],
  '133010': ['sender_not_approved', 'sender'],
  '135000': ['provider_unavailable', 'request'],
  '137000': ['recipient_blocked', 'recipient'],
};

/** Meta's error object, as far as it matters. Meta: build on `code` and `details`, not on the HTTP status or titles. */
export interface MetaError {
  readonly code: number;
  readonly subcode?: number | undefined;
  readonly message?: string | undefined;
  readonly details?: string | undefined;
}

/** The failure behind one error object; `secrets` are cut out of the detail. */
export function metaFailureOf(error: MetaError, secrets: readonly string[] = []): Failure {
  const code = String(error.code);
  const key = keyOf(error);
  const known = Object.hasOwn(metaFailures, key) ? metaFailures[key] : undefined;
  const [kind, scope] = known ?? (['unknown', 'request'] as const);
  const detail = redact(error.details ?? error.message ?? '', secrets);
  return { kind, scope, code, ...(detail === '' ? {} : { detail }) };
}

function keyOf({ code, subcode }: MetaError): string {
  const precise = `${code}/${subcode}`;
  if (Object.hasOwn(metaFailures, precise)) return precise;
  return code >= 200 && code <= 299 ? '200-299' : String(code);
}
