import { randomBytes } from 'node:crypto';
import type { HttpAnswer } from '../behaviour/play.ts';

type Known = {
  /** Meta's published table as it stood until 2025; it now says to look at `code` only. */
  readonly http: number;
  readonly title: string;
  readonly details?: string;
  readonly subcode?: number;
  readonly transient?: true;
};

const known: Readonly<Record<number, Known>> = {
  0: { http: 401, title: 'AuthException', details: 'We were unable to authenticate the app user.' },
  1: { http: 400, title: 'API Unknown' },
  2: { http: 503, title: 'Service temporarily unavailable', transient: true },
  3: { http: 500, title: 'API Method' },
  4: { http: 400, title: 'Application request limit reached', transient: true },
  10: { http: 403, title: 'Application does not have permission for this action' },
  33: { http: 400, title: 'Parameter value is not valid', details: 'The business phone number was deleted.' },
  100: { http: 400, title: 'Invalid parameter' },
  190: { http: 401, title: 'Error validating access token: Session has expired.', subcode: 463 },
  368: { http: 403, title: 'Temporarily blocked for policies violations' },
  80007: { http: 400, title: 'Rate limit issues' },
  130403: { http: 400, title: 'Message undeliverable', details: 'The business has blocked this user.' },
  130429: {
    http: 400,
    title: 'Rate limit hit',
    details: 'Cloud API message throughput has been reached.',
    subcode: 2494055,
  },
  130472: { http: 400, title: "User's number is part of an experiment" },
  130497: {
    http: 403,
    title: 'Business account is restricted from messaging users in this country.',
  },
  131000: { http: 500, title: 'Something went wrong' },
  131005: { http: 403, title: 'Access denied' },
  131008: { http: 400, title: 'Required parameter is missing' },
  131009: { http: 400, title: 'Parameter value is not valid' },
  131016: { http: 500, title: 'Service unavailable', transient: true },
  131021: { http: 400, title: 'Recipient cannot be sender' },
  131026: { http: 400, title: 'Message undeliverable', details: 'Message Undeliverable.' },
  131030: { http: 400, title: 'Recipient phone number not in allowed list', subcode: 2655007 },
  131031: { http: 403, title: 'Account has been locked' },
  131037: { http: 400, title: 'Display name approval needed' },
  131042: { http: 400, title: 'Business eligibility payment issue' },
  131045: { http: 500, title: 'Incorrect certificate' },
  131047: {
    http: 400,
    title: 'Re-engagement message',
    details: 'Message failed to send because more than 24 hours have passed since the customer last replied.',
  },
  131048: { http: 400, title: 'Spam rate limit hit' },
  131049: {
    http: 400,
    title: 'This message was not delivered to maintain healthy ecosystem engagement.',
  },
  131050: { http: 400, title: 'User has stopped receipt of marketing messages' },
  131051: { http: 400, title: 'Unsupported message type' },
  131056: { http: 400, title: '(Business Account, Consumer Account) pair rate limit hit' },
  131057: { http: 500, title: 'Account in maintenance mode' },
  131062: { http: 400, title: 'Business-scoped user IDs are not supported for this message' },
  132000: { http: 400, title: 'Number of parameters does not match the expected number of params' },
  132001: { http: 404, title: 'Template name does not exist in the translation' },
  132005: { http: 400, title: 'Translated text too long' },
  132007: { http: 400, title: 'Template format character policy violated' },
  132012: { http: 400, title: 'Parameter format does not match format in the created template' },
  132015: { http: 400, title: 'Template is paused' },
  132016: { http: 400, title: 'Template is disabled' },
  132018: { http: 400, title: 'Template validation error' },
  133004: { http: 503, title: 'Server temporarily unavailable', transient: true },
  133010: { http: 400, title: 'Account not registered' },
  135000: { http: 400, title: 'Generic user error' },
};

/** A refusal in Meta's envelope. `details` goes into `error_data`; an unknown code answers HTTP 400. */
export function metaError(code: number, details?: string): HttpAnswer {
  const error = known[code] ?? { http: 400, title: 'Unknown error' };
  const text = details ?? error.details;
  return {
    status: error.http,
    body: {
      error: {
        message: code === 190 ? error.title : `(#${code}) ${error.title}`,
        type: 'OAuthException',
        code,
        ...(text === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details: text } }),
        ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
        ...(error.transient ? { is_transient: true } : {}),
        fbtrace_id: traceId(),
      },
    },
  };
}

/** Code 100 with subcode 33: the id in the path is not one this token can see. */
export function unknownObject(id: string): HttpAnswer {
  return {
    status: 400,
    body: {
      error: {
        message: `Unsupported post request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
        type: 'GraphMethodException',
        code: 100,
        error_subcode: 33,
        fbtrace_id: traceId(),
      },
    },
  };
}

/** The same failure as it appears in a `failed` status. */
export function statusError(code: number): Record<string, unknown> {
  const title = known[code]?.title ?? 'Unknown error';
  return {
    code,
    title,
    message: title,
    error_data: { details: known[code]?.details ?? title },
    href: '/documentation/business-messaging/whatsapp/support/error-codes',
  };
}

function traceId(): string {
  return `A${randomBytes(17).toString('base64url')}`;
}
