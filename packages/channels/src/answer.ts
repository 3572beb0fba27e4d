import { type HttpAnswer, retryAfterMsOf } from './http.ts';
import type { SendOutcome } from './provider.ts';

/** The JSON in an answer; undefined when it is none. */
export function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body);
  } catch {
    return undefined;
  }
}

/** What `Retry-After` adds to a refusal. */
export function retryAfter(answer: HttpAnswer): { readonly retryAfterMs?: number } {
  const retryAfterMs = retryAfterMsOf(answer, Date.now());
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

/**
 * An answer that is not the provider's own, judged by its status alone: a proxy's page, half a body. A success or a 5xx
 * may have created the message; 3xx and 4xx did not (RFC 9110 §15), but say nothing we know.
 */
export function withoutEnvelope(answer: HttpAnswer): SendOutcome {
  const { status } = answer;
  const code = `http_${status}`;
  if (status === 429) {
    return {
      kind: 'refused',
      failure: { kind: 'rate_limited', scope: 'platform', code },
      ...retryAfter(answer),
    };
  }
  if (status === 408) {
    return { kind: 'uncertain', failure: { kind: 'provider_timeout', scope: 'platform', code } };
  }
  return status >= 300 && status < 500
    ? { kind: 'refused', failure: { kind: 'unknown', scope: 'platform', code } }
    : { kind: 'uncertain', failure: { kind: 'unreadable_answer', scope: 'platform', code } };
}
