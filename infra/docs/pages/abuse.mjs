import { abuseLimits, abuseModes, abuseRules, settleMs, slots, standsMs } from '@otp-relay/core';
import { code, page, table } from '../markdown.mjs';

const spans = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];
const span = (ms) => {
  const [unit, name] = spans.find(([unit]) => ms >= unit && ms % unit === 0) ?? [1, 'ms'];
  return `${ms / unit} ${name}`;
};

const modes = {
  allow: 'the rule is off',
  monitor: 'what it would have done is recorded, nothing else',
  degrade: 'no SMS and no voice call; WhatsApp and email still go',
  block: 'nothing is sent; the request is refused',
};

export const files = () => ({
  'abuse.md': page(
    'Rules against abuse',
    '`packages/core/src/abuse`',
    'SMS pumping is asking for codes to numbers one is paid for. What follows is judged before anything is made or sent. ' +
      'A country that is not in the tenant’s `countries` gets nothing, whatever the rules say; a mailbox beside the number still does.',
    '## What a rule may do',
    table(
      ['mode', 'means'],
      abuseModes.map((mode) => [code(mode), modes[mode]]),
    ),
    'A tenant changes a mode under `abuse.rules`, for one country under `abuse.countries`; `abuse.mode` is the most any rule may do ' +
      '(`monitor` for a trial, `allow` switches all of them off). Numbers of `abuse.safeList` are not looked at.',
    '## The rules',
    table(
      ['rule', 'by default', 'what it sees'],
      Object.entries(abuseRules).map(([rule, [mode, sentence]]) => [code(rule), code(mode), sentence]),
    ),
    '## Their numbers',
    'Each can be changed under `abuse.limits`. Shares are from 0 to 1.',
    table(
      ['limit', 'default'],
      Object.entries(abuseLimits).map(([name, value]) => [
        code(name),
        name.endsWith('Ms') ? span(value) : value,
      ]),
    ),
    `A prefix is all but the last four digits. Prefixes and neighbours are looked at over ${span(slots.prefix.windowMs)}, ` +
      `countries over ${span(slots.country.windowMs)} and ${span(slots.country.recentMs)}, what is usual of a country over ${span(slots.usual.windowMs)}. ` +
      `A code counts as unused once it had ${span(settleMs)} to be used. A range of numbers stays held for ${code('blockMs')} after the last sign; ` +
      `a country for ${span(standsMs.country)}, what a provider blocked for ${span(standsMs.provider_fraud)}, “I didn’t request a code” for ${span(standsMs.not_requested)}.`,
    'Whoever used a code of the tenant before is let through: no robot did. A code the caller brings is not counted unless `abuse.ownCodes` is ' +
      '`reported`: nobody would tell whether it is used.',
    '## Looking at it',
    '- `otp decisions` what was decided and why; `otp blocks` what stands against whom; `otp unblock` lifts it; `otp spend` the day’s budget.\n' +
      '- `otp simulate-abuse` plays a day of honest people and attacks to the rules; `--tenant` to a tenant’s own.',
    '## Asking the tenant',
    'With `decision.url` a tenant is asked before anything is sent: a POST signed by Standard Webhooks (`otp tenants decision-secret`), ' +
      'of type `verification.decision`. It answers 200 and `{"decision": "allow" | "deny", "channels": ["email", "sms"], "reason": "…"}`; `channels` narrows ' +
      'and reorders, never adds. No readable answer within `deadlineMs` means what `onFailure` says.',
  ),
});
