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
      `a country for ${span(standsMs.country)}, what a provider blocked for ${span(standsMs.provider_fraud)}, “I didn’t request a code” for ${span(standsMs.not_requested)}; guessing, ${span(standsMs.wrong_checks)} after its last sign.`,
    'Whoever used a code of the tenant before is let through (no robot did), except by `not_requested`, `unapproved` and `wrong_checks`. A code the ' +
      'caller brings is not counted unless `abuse.ownCodes` is `reported`: nobody would tell whether it is used.',
    '`next` and `resend` are judged again, for the channel that would be used: by the number, and by what stands against it meanwhile. They are not ' +
      'counted, and the tenant is not asked again. Falling back by itself is not judged again.',
    '## Codes nobody approves, and guessing',
    '`unapproved` counts verifications, not messages: a repeated request that joins the running one is none, nor is one whose use was reported as ' +
      'feedback. It is exact while the recipient’s cool-down is on. Like every limit of a recipient it lets a stranger use up somebody’s codes for an hour; ' +
      '`monitor` it where that is worse than the codes.',
    '`wrong_checks` looks at all checks of a tenant together, written every few seconds: a few guesses at each of many people are seen nowhere else. ' +
      'While it stands, the answer to every check, right or wrong, has `"guessing": true`: ask for more than the code. `degrade` and `block` also hold ' +
      'back new codes, of everybody; whoever guesses can then stop the tenant’s codes, so it only monitors by default. `otp blocks` shows it as `checks`.',
    'A recipient locked by too many wrong checks is still sent codes. A refusal would let anybody who types twenty wrong codes stop what a stranger ' +
      'is sent, on top of their checks; it would tell at the door what the answer to a check keeps to itself; and whoever `otp unlock` ' +
      'lets in would hold no code. How many are sent is what limits and `unapproved` are for.',
    '## Looking at it',
    '- `otp decisions` what was decided and why, about which verification; `otp blocks` what stands against whom; `otp unblock` lifts it; `otp spend` the day’s budget.\n' +
      '- `otp simulate-abuse` plays a day of honest people and attacks to the rules; `--tenant` to a tenant’s own.',
    '## Asking the tenant',
    'With `decision.url` a tenant is asked before anything is sent: a POST signed by Standard Webhooks (`otp tenants decision-secret`), ' +
      'of type `verification.decision`. It answers 200 and `{"decision": "allow" | "deny", "channels": ["email", "sms"], "reason": "…"}`; `channels` narrows ' +
      'and reorders, never adds. No readable answer within `deadlineMs` means what `onFailure` says.',
  ),
});
