import { eventView, publishedTypes, replayBody, replayed } from '@otp-relay/contracts';
import { z } from 'zod';
import { example } from './examples.ts';
import { answered, problemAs, refusals } from './parts.ts';

const security = [{ apiKey: [] }];
const tags = ['events'];

const event = {
  id: 'evt_01k9z3v6d2m8q4w7x5y1t0r9nc',
  type: 'verification.delivered',
  timestamp: '2026-01-31T12:00:03.120Z',
  data: {
    id: example.verification.id,
    status: 'pending',
    delivery: 'delivered',
    purpose: 'auth',
    mode: 'live',
    to: '+1 ••• 00',
    idempotencyKey: 'login-4711',
    channel: 'whatsapp',
    route: ['whatsapp', 'sms', 'email'],
    createdAt: example.verification.createdAt,
    expiresAt: example.verification.expiresAt,
    attempt: null,
  },
  deliveries: [
    {
      webhook: 'main',
      state: 'pending',
      tries: 1,
      lastAt: '2026-01-31T12:00:03.140Z',
      lastStatus: 500,
      lastFailure: 'status_500',
      nextAt: '2026-01-31T12:00:08.140Z',
    },
  ],
};

const instant = z.iso.datetime('must be an instant such as 2026-01-31T12:00:00Z').optional();

export const listEvents = {
  summary: 'List what webhooks were told, newest first',
  description:
    'The body of every call as it was signed, and what became of it. Events are kept for seven days, for tenants that have webhooks.',
  tags,
  security,
  querystring: z.object({
    type: z.enum(publishedTypes, `must be one of ${publishedTypes.join(', ')}`).optional(),
    since: instant.describe('At or after this instant.'),
    until: instant.describe('Before this instant.'),
    before: z.string().max(64).optional().describe('The `before` of the last page.'),
    limit: z.coerce
      .number('must be a whole number')
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(200, 'must be at most 200')
      .default(50),
  }),
  response: {
    200: answered(
      'One page.',
      z.object({
        events: z.array(eventView.meta({ id: 'Event', examples: [event] })),
        before: z
          .string()
          .nullable()
          .describe('Give it back as `before` for the next page; null at the end.'),
      }),
    ),
    422: problemAs('Fields are invalid.'),
    ...refusals,
  },
};

const sentAgain = answered(
  'They are sent again, under the ids they have.',
  replayed.meta({ id: 'Replayed', examples: [{ events: 1, webhooks: ['main'], through: null }] }),
);

export const replayEvent = {
  summary: 'Send an event again',
  tags,
  security,
  params: z.object({
    id: z
      .string()
      .max(64)
      .meta({ examples: [event.id] }),
  }),
  response: {
    200: sentAgain,
    404: problemAs('There is no such event, or its webhooks are gone or disabled.'),
    ...refusals,
  },
};

export const replayRange = {
  summary: 'Send the events of a time again',
  description: 'Oldest first, delivered ones too, at most 10,000 calls at once: see `through`.',
  tags,
  security,
  body: replayBody.meta({
    id: 'Replay',
    examples: [{ since: '2026-01-31T12:00:00Z', types: ['verification.approved'] }],
  }),
  response: {
    200: sentAgain,
    400: problemAs('The body is not JSON.'),
    413: problemAs('The body is over 64 kB.'),
    415: problemAs('The body is not application/json.'),
    422: problemAs('Fields are invalid.'),
    ...refusals,
  },
};
