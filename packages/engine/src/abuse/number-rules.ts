import { isAllowedCountry, isRefusedType, type NumberFacts, type Step } from '@otp-relay/core';
import { type AbuseAsk, canReach, type Judged } from './abuse-ask.ts';
import { rulesOf } from './tenant-rules.ts';

const isMail = (step: Step): boolean => step.channel === 'email';
/** Every message earns somebody money. */
const isPaid = (step: Step): boolean => step.channel === 'sms' || step.channel === 'voice';

/** What is left of a route without SMS and voice. */
export const degraded = (steps: readonly Step[]): readonly Step[] => steps.filter((step) => !isPaid(step));

/** Whether a route can be pumped at all. */
export const isPumpable = (steps: readonly Step[]): boolean => steps.some(isPaid);

/**
 * What the number itself says, before anything is looked up: its country and its type. A number that gets no codes leaves
 * the mailbox, if there is one: mail costs nothing and goes nowhere else.
 */
export function judgeNumber(ask: AbuseAsk, facts: NumberFacts): Judged {
  const { tenant, request, recipient, steps } = ask;
  const { country } = facts;
  const mails = steps.filter((step) => isMail(step) && canReach(recipient, step));
  if (!isAllowedCountry(tenant.config.countries, facts)) {
    const reasons = [
      { rule: 'country_not_allowed', mode: 'block', detail: { country: country ?? `+${facts.callingCode}` } },
    ];
    if (mails.length > 0) return { steps: mails, outcome: 'degraded', reasons };
    const problem = {
      path: 'to.phone',
      problem: "is of a country that is not in the tenant's list of countries",
    };
    return { steps: [], outcome: 'refused', reasons, refusal: { code: 'OTP_COUNTRY_NOT_ALLOWED', problem } };
  }
  const rules = rulesOf(tenant.config);
  const mode = rules.modeOf('number_type', country);
  if (mode === 'allow' || rules.isSafe(facts.phone) || !isRefusedType(facts.type, request.purpose))
    return { steps, outcome: 'allowed', reasons: [] };
  const reasons = [{ rule: 'number_type', mode, detail: { type: facts.type ?? 'unknown' } }];
  if (mode === 'monitor') return { steps, outcome: 'monitored', reasons };
  const left = mode === 'degrade' ? degraded(steps) : mails;
  if (left.some((step) => canReach(recipient, step))) return { steps: left, outcome: 'degraded', reasons };
  const problem = {
    path: 'to.phone',
    problem: 'is a number of a type that gets no codes, e.g. premium-rate or voicemail',
  };
  return { steps: [], outcome: 'refused', reasons, refusal: { code: 'OTP_NUMBER_REFUSED', problem } };
}
