import { type AbuseReason, type AbuseRule, judge, type Seen, standsMs, type Verdict } from '@otp-relay/core';
import type { AbuseBlock } from '@otp-relay/store';
import { type AbuseAsk, canReach, type Judged } from './abuse-ask.ts';
import type { AbuseKeys } from './abuse-keys.ts';
import { degraded } from './number-rules.ts';
import { rulesOf } from './tenant-rules.ts';

/** What the rules that look at traffic say of one request. */
export const judgeTraffic = ({ tenant }: AbuseAsk, country: string | null, seen: Seen): Verdict => {
  const rules = rulesOf(tenant.config);
  return judge(seen, { modeOf: (rule) => rules.modeOf(rule, country), limits: rules.limits });
};

/** What a verdict leaves of a route. Nothing left is a refusal. */
export function apply(ask: AbuseAsk, before: Judged, { mode, reasons }: Verdict): Judged {
  const said = [...before.reasons, ...reasons];
  if (mode === 'allow') return before;
  if (mode === 'monitor')
    return { ...before, outcome: before.outcome === 'allowed' ? 'monitored' : before.outcome, reasons: said };
  const steps = mode === 'degrade' ? degraded(before.steps) : [];
  if (steps.some((step) => canReach(ask.recipient, step)))
    return { steps, outcome: 'degraded', reasons: said };
  return {
    steps: [],
    outcome: 'refused',
    reasons: said,
    refusal: { code: 'OTP_SUSPECTED_ABUSE', problem: { path: pathOf(ask), problem: wordsOf(reasons) } },
  };
}

const pathOf = ({ recipient }: AbuseAsk): string => (recipient.phone === undefined ? 'to.email' : 'to.phone');

/** What stands from here on because a rule spoke just now; a rule that only monitors holds nothing. */
export function blocksOf(
  ask: AbuseAsk,
  keys: AbuseKeys,
  { fresh, reasons }: Verdict,
  now: number,
): AbuseBlock[] {
  const { limits } = rulesOf(ask.tenant.config);
  return fresh.flatMap((rule) => {
    const reason = reasons.find((one) => one.rule === rule);
    if (!reason || reason.mode === 'monitor') return [];
    const place =
      rule === 'country'
        ? keys.country && { key: keys.country.now, name: keys.country.name }
        : { key: keys.range, name: keys.prefix };
    const until = now + (rule === 'country' ? standsMs.country : limits.blockMs);
    return place ? [{ tenantId: ask.tenant.id, ...place, rule, until, detail: reason.detail }] : [];
  });
}

/** Whether it would be lifted for a person who has used a code before: no robot has. "That was not me" is about them. */
export const isAboutStrangers = ({ reasons }: Verdict): boolean =>
  reasons.every(({ rule, mode }) => mode === 'monitor' || !aboutAnybody.has(rule));

const aboutAnybody: ReadonlySet<AbuseRule> = new Set(['not_requested', 'unapproved', 'wrong_checks']);

const words: Readonly<Record<AbuseRule, string>> = {
  number_type: 'is of a type that gets no codes',
  prefix: 'is in a range of numbers that gets many codes and uses hardly any',
  prefix_everywhere: 'is in a range of numbers that gets many codes and uses hardly any',
  adjacent: 'is one of many in a row that got codes and used none',
  country: 'is of a country whose codes are hardly used at present',
  provider_fraud: 'is in a range of numbers that a provider blocked as traffic pumping',
  not_requested: 'belongs to somebody who says that they asked for no code',
  unapproved: 'got several codes within an hour and used none; have the user wait, or offer another way in',
  wrong_checks: 'cannot get codes at present: somebody guesses at the codes of this tenant',
};

const wordsOf = (reasons: readonly AbuseReason[]): string =>
  [...new Set(reasons.filter(({ mode }) => mode !== 'monitor').map(({ rule }) => words[rule]))].join('; ');
