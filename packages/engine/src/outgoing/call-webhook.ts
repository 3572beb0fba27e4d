import type { PublishedEventBody } from '@otp-relay/contracts';
import type { Secret } from '@otp-relay/core';
import { signWebhook } from '@otp-relay/vault';
import type { FetchOutcome, GuardedFetch } from './guarded-fetch.ts';

/** What a call came to. `gone`: the receiver wants no more of them, ever (410). */
export type Called =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'gone'; readonly status: number }
  | {
      readonly kind: 'failed';
      readonly status: number | null;
      /** `status_500`, `timed_out`, `address_refused`… */
      readonly failure: string;
      readonly retryAfterMs?: number | undefined;
    };

/** Calls a webhook once, signed by every live secret (Standard Webhooks 1.0). `now` in ms since 1970. */
export async function callWebhook(
  outgoing: GuardedFetch,
  { url, secrets }: { readonly url: string; readonly secrets: readonly Secret[] },
  event: { readonly id: string; readonly body: PublishedEventBody },
  { now, signal }: { readonly now: number; readonly signal?: AbortSignal },
): Promise<Called> {
  const body = JSON.stringify(event.body);
  const timestamp = Math.floor(now / 1_000);
  const outcome = await outgoing.post({
    url,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'otp-relay',
      'webhook-id': event.id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWebhook({ id: event.id, timestamp, body }, secrets),
    },
    signal,
  });
  return calledOf(outcome, now);
}

function calledOf(outcome: FetchOutcome, now: number): Called {
  if (outcome.kind !== 'answered') return { kind: 'failed', status: null, failure: outcome.reason };
  const { status } = outcome;
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  if (status === 410) return { kind: 'gone', status };
  const asked =
    status === 429 || status === 503 ? retryAfterMsOf(outcome.headers['retry-after'], now) : undefined;
  return { kind: 'failed', status, failure: `status_${status}`, retryAfterMs: asked };
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3); undefined when absent or nonsense. */
function retryAfterMsOf(value: string | string[] | undefined, now: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = /^\d{1,6}$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
