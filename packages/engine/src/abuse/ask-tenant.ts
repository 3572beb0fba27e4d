import { type DecisionConfig, decisionAnswer } from '@otp-relay/contracts';
import type { Channel, NumberFacts, Step } from '@otp-relay/core';
import { createId, type Pepper, signWebhook } from '@otp-relay/vault';
import type { Clock } from '../clock.ts';
import type { FetchOutcome, GuardedFetch } from '../outgoing/guarded-fetch.ts';
import { type AbuseAsk, canReach, type Judged } from './abuse-ask.ts';

export interface AskPorts {
  readonly outgoing: GuardedFetch;
  readonly pepper: Pepper;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Asks the tenant, before anything is made or sent: `{decision: "allow" | "deny", channels?, reason?}`. Signed by Standard
 * Webhooks 1.0. No answer by the deadline, or an unreadable one, means what the tenant says it means.
 */
export async function askTenant(
  ask: AbuseAsk,
  hook: DecisionConfig,
  facts: NumberFacts | undefined,
  before: Judged,
  ports: AskPorts,
): Promise<Judged> {
  const outcome = await post(ask, hook, facts, before, ports);
  const answer = answerOf(outcome);
  if (answer === undefined) {
    const why = whyOf(outcome);
    return hook.onFailure === 'allow'
      ? {
          ...before,
          outcome: noted(before),
          reasons: [...before.reasons, reason('monitor', { failure: why })],
        }
      : deny(before, { failure: why }, 'was not decided by the tenant in time, which means no');
  }
  const said: Record<string, string> = answer.reason === undefined ? {} : { reason: answer.reason };
  if (answer.decision === 'deny') return deny(before, said, 'was denied by the tenant');
  if (!answer.channels) return before;
  const steps = reorder(before.steps, answer.channels);
  if (!steps.some((step) => canReach(ask.recipient, step)))
    return deny(
      before,
      { ...said, channels: answer.channels.join(' → ') },
      'is left without a channel by the tenant',
    );
  const isSame =
    steps.length === before.steps.length && steps.every((step, index) => step === before.steps[index]);
  if (isSame) return before;
  return {
    ...before,
    steps,
    outcome: noted(before),
    reasons: [...before.reasons, reason('allow', { ...said, channels: answer.channels.join(' → ') })],
  };
}

function post(
  ask: AbuseAsk,
  hook: DecisionConfig,
  facts: NumberFacts | undefined,
  before: Judged,
  { outgoing, pepper, clock }: AskPorts,
): Promise<FetchOutcome> {
  const { tenant, request, recipient } = ask;
  const id = createId('msg');
  const now = clock.now();
  const timestamp = Math.floor(now / 1_000);
  const full = hook.recipient === 'full';
  const body = JSON.stringify({
    type: 'verification.decision',
    timestamp: new Date(now).toISOString(),
    data: {
      tenant: tenant.id,
      purpose: request.purpose,
      to: full ? { phone: recipient.phone, email: recipient.email } : { masked: recipient.masked },
      country: recipient.country,
      callingCode: recipient.callingCode,
      numberType: facts?.type ?? null,
      channels: channelsOf(before.steps),
      endUser: request.endUser ?? null,
      idempotencyKey: request.idempotencyKey ?? null,
      mode: ask.mode,
      reasons: before.reasons.map(({ rule, mode }) => ({ rule, mode })),
    },
  });
  const secrets = secretVersions(hook).map((version) => pepper.decisionSecret(tenant.id, version));
  return outgoing.post({
    url: hook.url,
    body,
    timeoutMs: hook.deadlineMs,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'otp-relay',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWebhook({ id, timestamp, body }, secrets),
    },
  });
}

/** This version and the one before it: a receiver may change over at any moment. */
const secretVersions = ({ secretVersion }: DecisionConfig): number[] =>
  secretVersion > 1 ? [secretVersion, secretVersion - 1] : [secretVersion];

function answerOf(outcome: FetchOutcome) {
  if (outcome.kind !== 'answered' || outcome.status !== 200 || outcome.cut) return undefined;
  try {
    return decisionAnswer.safeParse(JSON.parse(outcome.body)).data;
  } catch {
    return undefined;
  }
}

const whyOf = (outcome: FetchOutcome): string => {
  if (outcome.kind !== 'answered') return outcome.reason;
  return outcome.status === 200 ? 'unreadable_answer' : `status_${outcome.status}`;
};

const reason = (mode: string, detail: Readonly<Record<string, string>>) => ({
  rule: 'tenant_decision',
  mode,
  detail,
});

const noted = ({ outcome }: Judged): Judged['outcome'] => (outcome === 'allowed' ? 'monitored' : outcome);

const deny = (before: Judged, detail: Readonly<Record<string, string>>, problem: string): Judged => ({
  steps: [],
  outcome: 'refused',
  reasons: [...before.reasons, reason('block', detail)],
  refusal: { code: 'OTP_DENIED', problem: { path: '', problem } },
});

const channelsOf = (steps: readonly Step[]): readonly Channel[] => [
  ...new Set(steps.map((step) => step.channel)),
];

/** The tenant may narrow and reorder; it never reaches further than what the rules left. */
const reorder = (steps: readonly Step[], channels: readonly Channel[]): readonly Step[] =>
  [...new Set(channels)].flatMap((channel) => steps.filter((step) => step.channel === channel));
