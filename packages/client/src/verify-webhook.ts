import { createHmac, timingSafeEqual } from 'node:crypto';
import { type PublishedEventBody, publishedEvent } from '@otp-relay/contracts';

/** Why a call is not believed. */
export type WebhookRefusal =
  | 'no_secret'
  | 'missing_header'
  | 'too_old'
  | 'too_new'
  | 'wrong_signature'
  | 'unreadable';

export type VerifiedWebhook =
  | {
      readonly ok: true;
      /** The same on every call about one event: remember it, and do nothing the second time. */
      readonly id: string;
      /** Absent: of a type that this version of the client does not know. Answer 200 all the same. */
      readonly event?: PublishedEventBody;
    }
  | { readonly ok: false; readonly reason: WebhookRefusal };

export type WebhookHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { get(name: string): string | null };

const toleranceMs = 5 * 60_000;
const prefix = 'whsec_';
const smallestKey = 24;

/**
 * Whether a call to your webhook came from the relay (Standard Webhooks 1.0). `body` must be the bytes as they came, before
 * any parsing; `secrets` one or, while you change over, several `whsec_…`. Never throws; without a secret nothing is believed.
 */
export function verifyWebhook(
  headers: WebhookHeaders,
  body: string | Uint8Array,
  secrets: string | readonly string[],
  { now = Date.now() }: { readonly now?: number } = {},
): VerifiedWebhook {
  const keys = [secrets].flat().map(keyOf);
  if (keys.length === 0 || keys.includes(undefined)) return refuse('no_secret');
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  const signatures = header(headers, 'webhook-signature');
  if (!id || !signatures || !/^\d{1,12}$/.test(timestamp)) return refuse('missing_header');

  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  const given = signatures.split(' ').flatMap(signatureOf);
  const signed = `${id}.${timestamp}.${text}`;
  // Every pair is compared, whatever the first one says.
  const matches = keys.flatMap((key) =>
    given.map((signature) => isSame(signature, signed, key ?? Buffer.alloc(0))),
  );
  if (!matches.includes(true)) return refuse('wrong_signature');
  const ageMs = now - Number(timestamp) * 1_000;
  if (ageMs > toleranceMs) return refuse('too_old');
  if (ageMs < -toleranceMs) return refuse('too_new');
  const content = read(text);
  if (typeof content !== 'object' || content === null || !('type' in content)) return refuse('unreadable');
  const known = publishedEvent.safeParse(content);
  return { ok: true, id, ...(known.success && { event: known.data }) };
}

const refuse = (reason: WebhookRefusal): VerifiedWebhook => ({ ok: false, reason });

function header(headers: WebhookHeaders, name: string): string {
  if (typeof headers.get === 'function') return headers.get(name) ?? '';
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : '';
}

/** Undefined for what is no secret: an unset variable must not become the key everybody knows. */
function keyOf(secret: string): Buffer | undefined {
  if (typeof secret !== 'string' || !secret.startsWith(prefix)) return undefined;
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return key.length >= smallestKey ? key : undefined;
}

/** `v1,<base64>`, whole: what does not decode to 32 bytes and back is no signature. */
function signatureOf(part: string): Buffer[] {
  const [version, base64 = ''] = part.split(',');
  const bytes = Buffer.from(base64, 'base64');
  return version === 'v1' && bytes.length === 32 && part === `v1,${bytes.toString('base64')}` ? [bytes] : [];
}

const isSame = (signature: Buffer, signed: string, key: Buffer): boolean =>
  timingSafeEqual(signature, createHmac('sha256', key).update(signed).digest());

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
