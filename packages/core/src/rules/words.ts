import type { AddressKind } from '../channel.ts';
import type { CheckRefusal } from '../checks/reserve-try.ts';
import type { Actor, Effect, VerificationEvent } from '../event.ts';
import type { Failure, FailureKind } from '../failure.ts';
import type { Attempt, Step, SuccessLevel } from '../verification.ts';
import type { StepWord } from './rule.ts';

/** Every rule's verification has this id; its attempts end in the names the rules use. */
export const exampleId = 'vrf_00000000000000000000000000';

const attemptIdOfName = (name: string): string => `att_${exampleId.slice(4)}_${name}`;
const nameOfAttemptId = (id: string): string => id.split('_').slice(2).join('_');

/** WhatsApp waits 25 s and needs 30 s of life (its smallest TTL); plain e-mail can only be accepted. */
const stepDefaults = {
  whatsapp: { provider: 'meta-whatsapp', timeoutMs: 25_000, success: 'delivered', minLifeMs: 30_000 },
  sms: { provider: 'twilio-sms', timeoutMs: 30_000, success: 'delivered', minLifeMs: 0 },
  rcs: { provider: 'twilio-sms', timeoutMs: 30_000, success: 'delivered', minLifeMs: 0 },
  voice: { provider: 'twilio-sms', timeoutMs: 60_000, success: 'delivered', minLifeMs: 0 },
  email: { provider: 'smtp-email', timeoutMs: 60_000, success: 'accepted', minLifeMs: 0 },
} as const satisfies Record<string, Omit<Step, 'channel' | 'account'>>;

/** `whatsapp@read`, `sms:b` → a step. */
export function stepOfWord(word: StepWord): Step {
  const [head = '', level] = word.split('@');
  const [name, account = 'a'] = head.split(':');
  const channel = name as keyof typeof stepDefaults;
  const { success, ...defaults } = stepDefaults[channel];
  return { ...defaults, channel, account, success: (level as SuccessLevel | undefined) ?? success };
}

/** `0_1 receipt delivered` → an event. The claim of an attempt is `worker` unless the words name another. */
export function eventOfWords(words: string): VerificationEvent {
  const [first = '', verb = '', what = '', detail] = words.split(' ');
  const attemptId = attemptIdOfName(first);
  const failureOf = (kind: string): Failure => ({ kind: kind as FailureKind, scope: 'request' });
  if (first === 'bell') return { type: 'deadline_reached' };
  if (first === 'approved') return { type: 'approved' };
  if (first === 'wrong') return { type: 'check_failed' };
  if (first === 'check') return { type: 'check_refused', reason: what as CheckRefusal };
  if (first === 'feedback') return { type: 'feedback', converted: verb === 'converted' };
  if (first === 'canceled' || first === 'resend') return { type: first, by: what as Actor };
  if (first === 'next') {
    const on = words.split(' on ')[1];
    return { type: 'next', by: what as Actor, ...(on && { attemptId: attemptIdOfName(on) }) };
  }
  const claim = words.endsWith('another worker') ? 'another' : 'worker';
  if (verb === 'withheld') return { type: 'withheld', attemptId, claim, reason: 'over_budget' };
  if (verb === 'started') return { type: 'started', attemptId, claim };
  if (verb === 'accepted') return { type: 'accepted', attemptId, claim, providerRef: `ref-${first}` };
  if (verb === 'refused' || verb === 'uncertain')
    return { type: verb, attemptId, claim, failure: failureOf(what) };
  const status = what as 'sent' | 'delivered' | 'read' | 'failed';
  return { type: 'receipt', attemptId, status, ...(detail !== undefined && { failure: failureOf(detail) }) };
}

/** An effect in words: `enqueue 1_1 on sms`, `arm 0_1 at 26s`, `alert 0_1 auth_failed`, `publish exhausted`. */
export function wordsOfEffect(effect: Effect): string {
  const name = 'attemptId' in effect && effect.attemptId ? nameOfAttemptId(effect.attemptId) : '';
  switch (effect.type) {
    case 'enqueue':
      return `enqueue ${name} on ${effect.channel}${effect.delayMs > 0 ? ` in ${effect.delayMs}ms` : ''}`;
    case 'arm':
    case 'disarm':
      return `${effect.type} ${name} at ${effect.at / 1_000}s`;
    case 'publish':
      return `publish ${effect.event}${name === '' ? '' : ` ${name}`}`;
    case 'alert':
      return `alert ${name} ${effect.failure.kind}`;
  }
}

export const wordsOfAttempt = (attempt: Attempt): string => `${nameOfAttemptId(attempt.id)} ${attempt.state}`;

export const addressKindsPresent: Readonly<Record<AddressKind, 'present'>> = {
  phone: 'present',
  email: 'present',
};
