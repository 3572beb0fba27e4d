import { publishedEventJsonSchema, publishedMeanings, redeliveryDelaysMs } from '@otp-relay/contracts';
import { code, fenced, page, table } from '../markdown.mjs';
import { schemaTable } from '../schema-table.mjs';

const spans = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];
const span = (ms) => {
  const [unit, each] = spans.find(([, size]) => ms >= size);
  return `${ms / each} ${unit}`;
};

const receiver = `import { verifyWebhook } from '@otp-relay/client';

const verified = verifyWebhook(request.headers, rawBody, process.env.OTP_WEBHOOK_SECRET);
if (!verified.ok) return answer(401);
if (await isNew(verified.id)) await handle(verified.event);
return answer(204);`;

const yaml = `webhooks:
  - id: main
    url: https://acme.example/hooks/otp
  - id: audit
    url: https://audit.acme.example/otp
    events: [verification.approved, verification.denied]`;

export const files = () => {
  const schema = publishedEventJsonSchema();
  const [verification] = schema.anyOf;
  return {
    'events.md': page(
      'Events for tenants',
      '`packages/contracts/src/published-events.ts` and `packages/engine/src/outgoing`',
      "What happens to a tenant's verifications is told to the webhooks of its configuration, as [Standard Webhooks 1.0](https://www.standardwebhooks.com) has it. An event is written in the commit of the change it tells of; it may arrive twice or out of order, but is not lost. It never holds a code or a whole address.",
      fenced('yaml', yaml),
      '## Types',
      table(
        ['type', 'what happened'],
        Object.entries(publishedMeanings).map(([type, meaning]) => [code(type), meaning]),
      ),
      '`otp webhooks test` sends one of type `webhook.test`.',
      '## The call',
      table(
        ['header', 'holds'],
        [
          [
            code('webhook-id'),
            'The id of the event, the same on every call about it: do nothing the second time.',
          ],
          [code('webhook-timestamp'), 'Seconds since 1970. Refuse what is off by more than five minutes.'],
          [
            code('webhook-signature'),
            '`v1,<base64>`: HMAC-SHA256 of `<id>.<timestamp>.<body>` under the secret; two of them, with a space between, while a secret is changed.',
          ],
        ],
      ),
      schemaTable(verification),
      'The same as JSON Schema: [published-event.schema.json](published-event.schema.json). Ignore fields and types you do not know.',
      '## Receiving',
      fenced('ts', receiver),
      `Answer with 200–299 within 10 s; the body is not read. Anything else, a redirect too, is tried again after ${redeliveryDelaysMs.map(span).join(', ')}, each up to 20 % later by chance, or after \`Retry-After\` of a 429 or 503 when that is longer. 410 disables the webhook; so do five days without one success. While a webhook fails, one call at a time tries it and the rest waits.`,
      'Only addresses on the internet are called, by HTTPS; `OTP_OUTGOING_NETWORKS` names exceptions. The address is checked at the connection itself, so a name that resolves differently a moment later gains nothing.',
      '## For operators and tenants',
      table(
        ['command', 'does'],
        [
          [
            '`otp webhooks list [--show-secrets]`',
            'Webhooks, how their calls go, the secrets for the receiver.',
          ],
          ['`otp webhooks test <id> --tenant <tenant>`', 'Calls one, and says what it answers.'],
          [
            '`otp webhooks rotate-secret <id> --tenant <tenant>`',
            'A new secret; the old one signs beside it for a day.',
          ],
          ['`otp webhooks enable <id> --tenant <tenant>`', 'Enables one that was disabled.'],
          [
            '`otp events list`, `GET /v1/events`',
            'What was told and what became of it. Kept for seven days.',
          ],
          ['`otp events replay`, `POST /v1/events/replay`', 'Tells it again.'],
        ],
      ),
    ),
    'published-event.schema.json': JSON.stringify(schema, null, 2),
  };
};
