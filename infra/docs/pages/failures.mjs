import { failureKinds, failureScopes, moveOf } from '@otp-relay/core';
// The providers' tables are nobody's business but their folder's, and this page's: they are read past the package's door.
import { metaFailures } from '../../../packages/channels/dist/meta-whatsapp/failures.js';
import { smtpFailures, transportFailures } from '../../../packages/channels/dist/smtp-email/failures.js';
import { twilioFailures } from '../../../packages/channels/dist/twilio-sms/failures.js';
import { code, page, table } from '../markdown.mjs';

const moves = {
  retry: 'retry this step inside its time, then failover, then fallback',
  wait: 'wait for a receipt until the deadline, then fallback',
  failover: 'failover or fallback at once, and tell the operator',
  fallback: 'fallback at once',
  skip_address: 'skip every later step that uses the same address',
  stop: 'stop, and tell the operator',
};

const kinds = Object.entries(failureKinds).map(([kind, [failureClass, sentence]]) => [
  code(kind),
  code(failureClass),
  sentence,
]);

const codes = (name, failures) => [
  `### ${name}`,
  table(
    ['code', 'failure', 'class', 'scope'],
    Object.entries(failures).map(([provided, [kind, scope]]) => [
      code(provided),
      code(kind),
      code(failureKinds[kind][0]),
      code(scope),
    ]),
  ),
];

export const files = () => ({
  'failures.md': page(
    'Failures',
    '`packages/core/src/failure.ts` and the `failures.ts` of every provider',
    'A failure is a value: the outside world said no. Its class picks the next move; its scope, narrowest first, is what a breaker opens for: ' +
      `${failureScopes.map(code).join(', ')}.`,
    '## Classes and moves',
    table(
      ['class', 'move'],
      Object.entries(moveOf).map(([failureClass, move]) => [code(failureClass), moves[move]]),
    ),
    '## Failures',
    table(['failure', 'class', 'in words'], kinds),
    '## What providers say',
    'A code that is not listed is kept verbatim as `unknown` and counted.',
    ...codes('meta-whatsapp', metaFailures),
    ...codes('twilio-sms', twilioFailures),
    ...codes('smtp-email: replies and bounces', smtpFailures),
    ...codes('smtp-email: connections', transportFailures),
  ),
});
