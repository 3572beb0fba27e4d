import { createHmac } from 'node:crypto';
import type { Failure } from '@otp-relay/core';
import { z } from 'zod';
import { attemptIdIn } from '../attempt.ts';
import { dedupKeyOf, headerOf, maxBodyBytes, sameSecret } from '../authentic.ts';
import type { Receipt, ReceiptStatus, WebhookOutcome, WebhookRequest } from '../provider.ts';
import type { MetaAccount } from './config.ts';
import { changesIn, hint, instant, type MetaChange, many } from './event.ts';
import { metaFailureOf } from './failures.ts';
import { noticesIn } from './notices.ts';

/** Meta's subscription handshake (GET) or an event (POST). Meta repeats whatever was not answered 200 for up to 7 days. */
export function webhook(request: WebhookRequest, account: MetaAccount): WebhookOutcome {
  if (request.method === 'GET') return challenge(request, account);
  if (request.method !== 'POST') return { kind: 'refused', status: 400, reason: 'neither GET nor POST' };
  if (request.rawBody.byteLength > maxBodyBytes) {
    return { kind: 'refused', status: 413, reason: 'body over 3 MB' };
  }
  if (!isSigned(request, account)) {
    return { kind: 'refused', status: 401, reason: 'X-Hub-Signature-256 does not match the app secret' };
  }
  const changes = changesIn(request.rawBody, account);
  if (changes === undefined) return { kind: 'refused', status: 400, reason: 'not a WhatsApp event' };
  return { kind: 'receipts', receipts: changes.flatMap(receiptsIn), notices: changes.flatMap(noticesIn) };
}

function challenge({ query }: WebhookRequest, account: MetaAccount): WebhookOutcome {
  const body = query['hub.challenge'] ?? '';
  const known = sameSecret(query['hub.verify_token'] ?? '', account.verifyToken.reveal());
  // The body goes out under our own name: nothing but what Meta sends is echoed.
  return known && query['hub.mode'] === 'subscribe' && /^[\w.-]{1,256}$/.test(body)
    ? { kind: 'challenge', body }
    : { kind: 'refused', status: 403, reason: 'hub.verify_token does not match' };
}

/** `sha256=<hex HMAC-SHA256(app secret, raw bytes)>`: Meta escapes non-ASCII on the wire and signs those very bytes. */
function isSigned(request: WebhookRequest, account: MetaAccount): boolean {
  const appSecret = account.appSecret.reveal();
  const header = headerOf(request, 'x-hub-signature-256');
  if (appSecret === '' || header === undefined) return false;
  const expected = createHmac('sha256', appSecret).update(request.rawBody).digest('hex');
  return sameSecret(header, `sha256=${expected}`);
}

const metaStatus = z.object({
  id: z.string().min(1).max(512),
  status: z.string(),
  timestamp: instant,
  biz_opaque_callback_data: hint,
  pricing: z.object({ category: hint, type: hint, pricing_model: hint }).optional().catch(undefined),
  errors: many(
    z.object({
      code: z.number(),
      title: hint,
      error_data: z.object({ details: hint }).optional().catch(undefined),
    }),
  ),
});
type MetaStatus = z.infer<typeof metaStatus>;

const statuses = z.object({ statuses: many(metaStatus) });

/** `played` is for voice; Meta skips `delivered` when the chat is open and sends `read` alone. */
const levels: Readonly<Record<string, ReceiptStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
};

function receiptsIn({ field, value }: MetaChange): Receipt[] {
  if (field !== 'messages') return [];
  return statuses.parse(value).statuses.flatMap((status) => receiptOf(status) ?? []);
}

function receiptOf(status: MetaStatus): Receipt | undefined {
  const level = Object.hasOwn(levels, status.status) ? levels[status.status] : undefined;
  if (level === undefined) return undefined;
  const attemptId = attemptIdIn(status.biz_opaque_callback_data);
  const failure = level === 'failed' ? failureIn(status) : undefined;
  return {
    providerRef: status.id,
    status: level,
    // Meta has no event id; these three are what it repeats.
    dedupKey: dedupKeyOf('meta', status.id, status.status, String(status.timestamp)),
    raw: {
      status: status.status,
      ...(failure === undefined ? {} : { code: failure.code, detail: failure.detail }),
      ...(status.pricing === undefined ? {} : { pricing: status.pricing }),
    },
    ...(attemptId === undefined ? {} : { attemptId }),
    ...(failure === undefined ? {} : { failure }),
    ...(status.timestamp === undefined ? {} : { at: status.timestamp }),
  };
}

function failureIn({ errors }: MetaStatus): Failure {
  const [error] = errors;
  return error === undefined
    ? { kind: 'unknown', scope: 'request', code: 'failed' }
    : metaFailureOf({ code: error.code, message: error.title, details: error.error_data?.details });
}
