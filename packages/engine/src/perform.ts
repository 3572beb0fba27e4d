import { randomUUID } from 'node:crypto';
import type { OutboundMessage, SendOutcome } from '@otp-relay/channels';
import type { Attempt, Failure, Secret, Verification, VerificationEvent } from '@otp-relay/core';
import { addressKindOf, callAllowanceMs, renderText, type TextContext } from '@otp-relay/core';
import type { SendJob } from '@otp-relay/queue';
import type { Material } from '@otp-relay/store';
import type { Applied, Corridor } from './corridor.ts';
import type { Ports } from './ports.ts';
import { codeAad, recipientAad } from './seals.ts';
import type { OpenAccount, Tenant } from './tenants.ts';

/** What a send job came to; `passed` when the attempt was not (or no longer) to be sent. */
export type Performed = 'accepted' | 'refused' | 'uncertain' | 'passed';

/**
 * One attempt: intent committed, provider called, answer committed. Runs any number of times for one
 * attempt id and calls the provider at most once. Throws only for faults of ours; the provider's "no" is an outcome.
 */
export async function perform(job: SendJob, corridor: Corridor, ports: Ports): Promise<Performed> {
  const claim = randomUUID();
  const applied = await corridor.apply({
    id: job.verification,
    event: { type: 'started', attemptId: job.attempt, claim },
  });
  const attempt = applied?.verification.attempts.find((a) => a.id === job.attempt);
  if (!applied || attempt?.claim !== claim) return 'passed';
  return callGranted({ attempt, claim, ...applied }, corridor, ports);
}

/** An attempt that this process, and no other, is to call the provider for: its intent is committed. */
export interface Granted extends Pick<Applied, 'verification' | 'material'> {
  readonly attempt: Attempt;
  readonly claim: string;
  /** What the material seals, where it is at hand anyway. */
  readonly opened?: Opened;
}

export interface Opened {
  readonly code: Secret;
  readonly to: { readonly phone: string; readonly email: string };
}

/** The second half of {@link perform}: the call, and its answer committed. To be done once per grant. */
export async function callGranted(granted: Granted, corridor: Corridor, ports: Ports): Promise<Performed> {
  const { verification, attempt, claim } = granted;
  ports.tally.dispatch(attempt.channel, ports.clock.now() - attempt.queuedAt);
  const reserved = await ports.budget.reserve(granted);
  if (reserved.kind === 'over_budget') {
    const event = { type: 'withheld', attemptId: attempt.id, claim, reason: reserved.kind } as const;
    await corridor.apply({ id: verification.id, event });
    return 'passed';
  }
  const outcome = await call(granted, attempt, ports);
  if (outcome.kind === 'refused') ports.budget.release(reserved);
  ports.log.debug({ attempt: attempt.id, outcome: outcome.kind }, 'the provider answered');
  await corridor.apply({ id: verification.id, event: answerOf(outcome, attempt.id, claim) });
  return outcome.kind;
}

function answerOf(outcome: SendOutcome, attemptId: string, claim: string): VerificationEvent {
  switch (outcome.kind) {
    case 'accepted':
      return { type: 'accepted', attemptId, claim, providerRef: outcome.providerRef };
    case 'refused':
      return { type: 'refused', attemptId, claim, failure: outcome.failure };
    case 'uncertain':
      return { type: 'uncertain', attemptId, claim, failure: outcome.failure };
  }
}

const refused = (failure: Failure): SendOutcome => ({ kind: 'refused', failure });

async function call(granted: Granted, attempt: Attempt, ports: Ports): Promise<SendOutcome> {
  const { verification, material } = granted;
  // A test key never reaches a provider: the route is walked, nothing is sent.
  if (material.mode === 'test')
    return { kind: 'accepted', providerRef: null, note: 'test key: nothing was sent' };
  const tenant = await ports.tenants.get(verification.tenantId);
  const account = tenant?.accounts.get(attempt.account);
  if (!tenant || account?.provider !== attempt.provider)
    return refused({
      kind: 'auth_failed',
      scope: 'account',
      detail: 'the account was removed or cannot be opened',
    });
  if (!isWanted(verification, attempt, ports.clock.now()))
    return refused({
      kind: 'connect_failed',
      scope: 'request',
      detail: 'no longer wanted when the worker was ready to send; nothing was sent',
    });
  const message = messageFor(granted, attempt, tenant, account, ports);
  try {
    return await account.sender.send(message);
  } catch (fault) {
    // A sender never throws for what the outside world does. Whether the call went out is unknown: never repeat it.
    ports.log.error({ err: fault, attempt: attempt.id, provider: attempt.provider }, 'the channel threw');
    return {
      kind: 'uncertain',
      failure: { kind: 'connection_lost', scope: 'request', detail: 'fault in the channel' },
    };
  }
}

/**
 * Whether the grant still stands. Not when the batch that granted it also ended it (somebody canceled, a receipt came),
 * and not when the process slept since (SIGSTOP, a closed lid, a slow look-up): meanwhile the deadline may have moved on,
 * or the code has less life left than the provider needs.
 */
function isWanted(verification: Verification, attempt: Attempt, now: number): boolean {
  const { status, delivery, currentId, expiresAt, steps } = verification;
  const granted = status === 'pending' && delivery === 'sending' && currentId === attempt.id;
  const neededMs = Math.max(steps[attempt.step]?.minLifeMs ?? 0, 1);
  return (
    granted &&
    now <= (attempt.sendingAt ?? now) + callAllowanceMs(attempt.channel) &&
    expiresAt - now >= neededMs
  );
}

function unseal(id: string, { sealedCode, sealedRecipient }: Material, { keys }: Ports): Opened {
  if (sealedCode === null) throw new Error(`verification ${id} is alive without a code`);
  const to = JSON.parse(keys.open(sealedRecipient, recipientAad(id)).reveal()) as Opened['to'];
  return { code: keys.open(sealedCode, codeAad(id)), to };
}

function messageFor(
  { verification, material, opened }: Granted,
  attempt: Attempt,
  tenant: Tenant,
  account: OpenAccount,
  ports: Ports,
): OutboundMessage {
  const { id, tenantId, purpose } = verification;
  const { code, to } = opened ?? unseal(id, material, ports);
  const { brand, origin } = tenant.config;
  const lifeMs = verification.expiresAt - ports.clock.now();
  const context = material.context && textContext(material.context);
  return {
    attemptId: attempt.id,
    tenantId,
    to: to[addressKindOf(attempt.channel)],
    code,
    locale: material.locale,
    purpose,
    brand,
    lifeMs,
    ...(context && { context }),
    text: renderText({
      channel: attempt.channel,
      purpose,
      locale: material.locale,
      code,
      brand,
      lifeMs,
      ...(origin !== undefined && { origin }),
      ...(context && { context }),
    }),
    callbackUrl: `${ports.publicUrl}/webhooks/${account.provider}/${tenantId}/${account.id}`,
  };
}

/** The transaction as texts show it; contracts checked its shape at the door. */
const textContext = (context: Readonly<Record<string, string>>): TextContext => {
  const { amount = '', currency = '', payee = '', documentTitle = '', documentHash = '' } = context;
  return 'amount' in context ? { amount, currency, payee } : { documentTitle, documentHash };
};
