import { z } from 'zod';
import { jsonOf, retryAfter, withoutEnvelope } from '../answer.ts';
import type { Http, HttpAnswer } from '../http.ts';
import type { OutboundMessage, SendOutcome } from '../provider.ts';
import { redact } from '../redact.ts';
import type { MetaAccount } from './config.ts';
import { metaFailureOf } from './failures.ts';
import { languagesFor } from './language.ts';
import { templateFor } from './template.ts';

/** Two calls at most (a second language), and never longer than this together. */
const totalMs = 4_500;
const callMs = 3_000;

const templateMissing = '132001';

const accepted = z.object({
  messages: z.tuple(
    [z.object({ id: z.string().min(1), message_status: z.string().optional() })],
    z.unknown(),
  ),
});

const refusal = z.object({
  error: z.object({
    code: z.number(),
    message: z.string().optional().catch(undefined),
    error_subcode: z.number().optional().catch(undefined),
    // A string in template-management errors.
    error_data: z.object({ details: z.string() }).optional().catch(undefined),
  }),
});

/**
 * Sends the template for the message's purpose (POST /<phone number id>/messages). Acceptance says nothing about the recipient: that
 * there is no WhatsApp comes later, as a `failed` status. The Cloud API has no idempotency key.
 */
export async function send(http: Http, account: MetaAccount, message: OutboundMessage): Promise<SendOutcome> {
  const template = templateFor(account, message);
  if (template === undefined) return notShown;
  const startedAt = performance.now();
  const [language, other] = languagesFor(message.locale, template.languages);
  const first = await post(http, account, message, language, callMs);
  const missing = first.kind === 'refused' && first.failure.code === templateMissing;
  if (!missing || other === undefined) return first;
  const leftMs = Math.min(callMs, totalMs - (performance.now() - startedAt));
  const second = await post(http, account, message, other, leftMs);
  return second.kind === 'accepted'
    ? { ...second, note: `sent in ${other}: no template in ${language}` }
    : second;
}

async function post(
  http: Http,
  account: MetaAccount,
  message: OutboundMessage,
  language: string,
  timeoutMs: number,
): Promise<SendOutcome> {
  const accessToken = account.accessToken.reveal();
  const outcome = await http.call({
    method: 'POST',
    url: `${account.graphUrl}/${account.phoneNumberId}/messages`,
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
      accept: 'application/json',
    },
    body: JSON.stringify(bodyOf(account, message, language)),
    timeoutMs,
    signal: message.signal,
  });
  if (outcome.kind === 'not_sent') return { kind: 'refused', failure: outcome.failure };
  // Meta repeats a malformed token in its refusal.
  const secrets = [accessToken, message.code.reveal(), message.to];
  return outcome.kind === 'uncertain' ? outcome : read(outcome, secrets);
}

function bodyOf(account: MetaAccount, message: OutboundMessage, language: string): unknown {
  const template = templateFor(account, message);
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: message.to.replace(/^\+/, ''),
    type: 'template',
    biz_opaque_callback_data: message.attemptId,
    template: { name: template?.name, language: { code: language }, components: template?.components },
  };
}

/** The route skips such steps; whoever comes here another way (a template taken away meanwhile) is refused. */
const notShown: SendOutcome = {
  kind: 'refused',
  failure: {
    kind: 'template_missing',
    scope: 'template',
    detail: 'no template of this account shows what the code approves; nothing was sent',
  },
};

function read(answer: HttpAnswer, secrets: readonly string[]): SendOutcome {
  const body = jsonOf(answer);
  const taken = answer.status < 300 ? accepted.safeParse(body).data : undefined;
  if (taken !== undefined) {
    const [{ id, message_status: status }] = taken.messages;
    // held_for_quality_assessment and paused: template pacing, no delivery soon; the step's timeout deals with it.
    const held = status !== undefined && status !== 'accepted';
    return {
      kind: 'accepted',
      providerRef: id,
      ...(held ? { note: `message_status: ${redact(status)}` } : {}),
    };
  }
  const refused = answer.status < 300 ? undefined : refusal.safeParse(body).data;
  if (refused === undefined) return withoutEnvelope(answer);
  const { code, message, error_subcode: subcode, error_data: data } = refused.error;
  const failure = metaFailureOf({ code, subcode, message, details: data?.details }, secrets);
  return { kind: 'refused', failure, ...retryAfter(answer) };
}
