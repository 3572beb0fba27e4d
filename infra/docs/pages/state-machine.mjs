import { chapters, laws, replay, rules } from '@otp-relay/core/rules';
import { code, page, table } from '../markdown.mjs';
import { stateDiagram } from '../state-diagram.mjs';

const played = rules.flatMap(replay);
const pending = ({ before, verification }) =>
  (before?.status ?? 'pending') === 'pending' && verification.status === 'pending';

const deliveries = played.filter(pending).map(({ before, verification, words }) => ({
  from: before?.delivery ?? '[*]',
  to: verification.delivery,
  words,
}));

const statuses = played
  .filter(({ before }) => before)
  .map(({ before, verification, words }) => ({
    from: before.status,
    to: verification.status,
    words: verification.status === 'expired' ? 'expiry' : words,
  }));

const attempts = played.flatMap(({ before, verification, words }) =>
  verification.attempts.map((attempt, index) => ({
    from: before?.attempts[index]?.state ?? '[*]',
    to: attempt.state,
    words,
  })),
);

const historyOf = ({ route, addresses, lifeS, lineS, given }) =>
  [
    route.length === 0 ? 'an empty route' : route.map(code).join(' → '),
    ...Object.entries(addresses ?? {}).map(([kind, state]) => `${kind} ${state}`),
    lifeS && `life ${lifeS} s`,
    lineS && `a line of ${lineS} s`,
    ...given.map(code),
  ]
    .filter(Boolean)
    .join('\n');

const becomesOf = ({ becomes: { state, attempts, deadlineS } }) =>
  [
    `**${state.replace(' ', ', ')}**`,
    ...attempts.map(code),
    deadlineS === null && 'no deadline',
    typeof deadlineS === 'number' && `deadline ${deadlineS} s`,
  ]
    .filter(Boolean)
    .join('\n');

const rowOf = (rule) => [
  `${rule.name} (${rule.rule})`,
  historyOf(rule),
  code(rule.when) || 'it is requested',
  becomesOf(rule),
  rule.becomes.effects.map(code).join('\n') || 'nothing',
];

const notation = `Attempts are named by step and try: \`0_1\` is the first try on the first step. \`sms:b\` is a step with another
account, \`whatsapp@read\` one that asks for another success level. Times count from the request. WhatsApp waits 25 s and
needs 30 s of life, SMS waits 30 s, e-mail can only be accepted; a code lives 600 s and allows 3 wrong checks.`;

export const files = () => ({
  'state-machine.md': page(
    'The state machine',
    '`packages/core/src/rules`',
    'Every row below is replayed through `transition` by the tests; the diagrams are the edges those rows walk.',
    '## Delivery, while the status is pending',
    stateDiagram(deliveries),
    '## Status',
    stateDiagram(statuses),
    '## Attempt',
    stateDiagram(attempts),
    '## Laws',
    table(['law', 'text'], Object.entries(laws).sort()),
    `## ${rules.length} promises`,
    notation,
    ...chapters.flatMap(({ title, rules: promises }) => [
      `### ${title}`,
      table(['promise (law)', 'given', 'when', 'becomes', 'to be done'], promises.map(rowOf)),
    ]),
  ),
});
