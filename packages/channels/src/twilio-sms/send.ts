import { classOf } from '@otp-relay/core';
import { z } from 'zod';
import { jsonOf, retryAfter, withoutEnvelope } from '../answer.ts';
import type { Http, HttpAnswer } from '../http.ts';
import type { OutboundMessage, SendOutcome } from '../provider.ts';
import { createMessage } from './client.ts';
import type { TwilioAccount } from './config.ts';
import { twilioFailureOf } from './failures.ts';

/** ValidityPeriod: 1 to 36,000 s in Twilio's own queue (error 90007 outside). */
const maxValiditySeconds = 36_000;

const refusal = z.object({
  code: z.number(),
  message: z.string().optional().catch(undefined),
  // Its newer answers (RFC 9457) say `detail`.
  detail: z.string().optional().catch(undefined),
});

/**
 * Creates a message (POST Messages.json). Twilio has no idempotency key and a 5xx may have created the message; the attempt
 * id in the callback URL finds it again.
 */
export async function send(
  http: Http,
  account: TwilioAccount,
  message: OutboundMessage,
): Promise<SendOutcome> {
  const { callbackUrl, lifeMs, attemptId } = message;
  const params = {
    to: message.to,
    body: message.text.text,
    validityPeriod: Math.max(1, Math.min(maxValiditySeconds, Math.floor(lifeMs / 1_000))),
    // rc, rp: five retries and for every cause; by default a callback we answer with a 5xx is lost.
    ...(callbackUrl === undefined
      ? {}
      : { statusCallback: `${callbackUrl}?attempt=${encodeURIComponent(attemptId)}#rc=5&rp=all` }),
    ...account.sender,
  };
  const { outcome, created } = await createMessage(http, account, params, message.signal);
  if (outcome.kind === 'not_sent') return { kind: 'refused', failure: outcome.failure };
  if (outcome.kind === 'uncertain') return outcome;
  const secrets = [account.authToken.reveal(), message.code.reveal(), message.to];
  if (created === undefined || !/^(SM|MM)[0-9a-fA-F]{32}$/.test(created.sid)) {
    return readRefusal(outcome, secrets);
  }
  // Created and failed in one breath: seen with Messaging Services.
  return typeof created.errorCode === 'number'
    ? { kind: 'refused', failure: twilioFailureOf(String(created.errorCode), created.errorMessage, secrets) }
    : { kind: 'accepted', providerRef: created.sid };
}

function readRefusal(answer: HttpAnswer, secrets: readonly string[]): SendOutcome {
  const refused = answer.status < 300 ? undefined : refusal.safeParse(jsonOf(answer)).data;
  if (refused === undefined) return withoutEnvelope(answer);
  const failure = twilioFailureOf(String(refused.code), refused.message ?? refused.detail, secrets);
  if (answer.status >= 500 && failure.kind !== 'provider_unavailable') {
    return { kind: 'uncertain', failure: { ...failure, kind: 'unreadable_answer' } };
  }
  return classOf(failure) === 'uncertain'
    ? { kind: 'uncertain', failure }
    : { kind: 'refused', failure, ...retryAfter(answer) };
}
