// The webhook part alone: the whole SDK takes twenty times as long to load.
import { validateRequest, validateRequestWithBody } from 'twilio/lib/webhooks/webhooks.js';
import { attemptIdIn } from '../attempt.ts';
import { dedupKeyOf, headerOf, maxBodyBytes } from '../authentic.ts';
import type { Receipt, ReceiptStatus, WebhookOutcome, WebhookRequest } from '../provider.ts';
import type { TwilioAccount } from './config.ts';
import { twilioFailureOf } from './failures.ts';

/** A status callback: POST, form-encoded, unordered, at most a handful of retries. */
export function webhook(request: WebhookRequest, account: TwilioAccount): WebhookOutcome {
  if (request.method !== 'POST') return { kind: 'refused', status: 400, reason: 'not a POST' };
  if (request.rawBody.byteLength > maxBodyBytes) {
    return { kind: 'refused', status: 413, reason: 'body over 3 MB' };
  }
  const body = Buffer.from(request.rawBody).toString('utf8');
  const params = new URLSearchParams(body);
  if (!isSigned(request, body, params, account.authToken.reveal())) {
    return { kind: 'refused', status: 401, reason: 'X-Twilio-Signature does not match the auth token' };
  }
  if (!params.has('MessageSid')) {
    return { kind: 'refused', status: 400, reason: 'not a message status callback' };
  }
  const ours = params.get('AccountSid') === account.accountSid;
  const receipt = ours ? receiptOf(params, request.query.attempt) : undefined;
  return { kind: 'receipts', receipts: receipt === undefined ? [] : [receipt], notices: [] };
}

/** Covers the URL with its query and every parameter, known or not: Twilio adds new ones without notice. */
function isSigned(
  request: WebhookRequest,
  body: string,
  params: URLSearchParams,
  authToken: string,
): boolean {
  const { url, query } = request;
  const header = headerOf(request, 'x-twilio-signature');
  if (authToken === '' || header === undefined || !URL.canParse(url)) return false;
  if (query.bodySHA256 !== undefined) return validateRequestWithBody(authToken, header, url, body);
  const all = [...new Set(params.keys())].map((name) => {
    const values = params.getAll(name);
    return [name, values.length === 1 ? values[0] : values];
  });
  return validateRequest(authToken, header, url, Object.fromEntries(all));
}

/** `queued`, `sending` and the like are no news; `partially_delivered` is for group messages. */
const levels: Readonly<Record<string, ReceiptStatus>> = {
  sent: 'sent',
  partially_delivered: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
  undelivered: 'failed',
  canceled: 'failed',
};

function receiptOf(params: URLSearchParams, attempt: string | undefined): Receipt | undefined {
  const sid = params.get('MessageSid') ?? '';
  const status = params.get('MessageStatus') ?? '';
  const level = Object.hasOwn(levels, status) ? levels[status] : undefined;
  if (level === undefined || !/^(SM|MM)[0-9a-fA-F]{32}$/.test(sid)) return undefined;
  const attemptId = attemptIdIn(attempt);
  const failure =
    level === 'failed'
      ? twilioFailureOf(errorCodeIn(params) ?? status, params.get('ChannelStatusMessage') ?? undefined)
      : undefined;
  return {
    providerRef: sid,
    status: level,
    dedupKey: dedupKeyOf('twilio', sid, status),
    raw: { status, ...(failure === undefined ? {} : { code: failure.code, detail: failure.detail }) },
    ...(attemptId === undefined ? {} : { attemptId }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function errorCodeIn(params: URLSearchParams): string | undefined {
  const code = params.get('ErrorCode') ?? '';
  return /^\d{1,6}$/.test(code) && Number(code) !== 0 ? code : undefined;
}
