import { channels, type PublishedEvent, purposes } from '@otp-relay/core';
import { z } from 'zod';
import { attemptView, verificationView } from './api.ts';

const tellable = {
  accepted: 'Taken: the first channel is about to be tried.',
  attempt_failed: 'One try came to nothing; the next channel may follow.',
  delivered: 'The message arrived.',
  unconfirmed: 'The last channel took the message and cannot tell more.',
  exhausted: 'No channel is left; the code still works if a message arrives late.',
  stopped: 'Nothing further is sent: opt-out, block or suspected fraud.',
  approved: 'The right code was given.',
  denied: 'Too many wrong codes were given.',
  expired: 'The code is too old.',
  canceled: 'Canceled.',
} as const satisfies Record<PublishedEvent, string>;

type Tellable = `verification.${PublishedEvent}`;
const typeOf = (event: PublishedEvent): Tellable => `verification.${event}`;

/** Every type of event about a verification, with what it means. */
export const publishedMeanings = Object.fromEntries(
  Object.entries(tellable).map(([event, meaning]) => [typeOf(event as PublishedEvent), meaning]),
) as Readonly<Record<Tellable, string>>;

/** The types a webhook can ask for. */
export const publishedTypes = Object.keys(publishedMeanings) as [Tellable, ...Tellable[]];
export type PublishedType = Tellable;

/** The type under which tenants are told of an event. */
export const publishedTypeOf = typeOf;

const instant = z.iso.datetime().describe('ISO 8601, UTC');

/** The try an event is about. */
export const publishedAttempt = attemptView.pick({
  id: true,
  step: true,
  try: true,
  channel: true,
  provider: true,
  account: true,
  state: true,
  failure: true,
});

/** The verification as it stood when the event happened. Masked address; never a code. */
export const publishedData = verificationView
  .pick({ id: true, status: true, delivery: true, createdAt: true, expiresAt: true })
  .extend({
    purpose: z.enum(purposes),
    mode: z.enum(['live', 'test']).describe('`test`: asked with a test key, nothing was sent.'),
    to: z.string().nullable().describe('Masked, e.g. "+1 ••• ••• 0100"; null once erased.'),
    idempotencyKey: z
      .string()
      .nullable()
      .describe('The caller\'s own key of the request; for jobs, "job-<job id>".'),
    channel: z.enum(channels).nullable().describe('The channel of the current attempt.'),
    route: z.array(z.enum(channels)),
    attempt: publishedAttempt.nullable().describe('The attempt the event is about, where there is one.'),
  });

const verificationEvent = z.object({
  type: z.enum(publishedTypes),
  timestamp: instant,
  data: publishedData,
});

const testEvent = z.object({
  type: z.literal('webhook.test'),
  timestamp: instant,
  data: z.object({ webhook: z.string().describe('The id of the webhook that is tried out.') }),
});

/** The body of every call to a tenant's webhook (Standard Webhooks 1.0). Take fields and types you do not know for granted. */
export const publishedEvent = z.union([verificationEvent, testEvent]);

/** Pauses after the first, second, … call that came to nothing (Standard Webhooks 1.0, "Retries"), ms. */
export const redeliveryDelaysMs: readonly number[] = [
  5_000,
  5 * 60_000,
  30 * 60_000,
  2 * 3_600_000,
  5 * 3_600_000,
  10 * 3_600_000,
];

/** JSON Schema (draft 2020-12) of the body, for receivers in other languages. */
export const publishedEventJsonSchema = (): Record<string, unknown> => ({
  $id: 'https://otp-relay.dev/schemas/published-event.v1.json',
  title: "OTP Relay event, body of a call to a tenant's webhook",
  ...z.toJSONSchema(publishedEvent, { io: 'output' }),
});

const moment = z.iso.datetime('must be an instant such as 2026-01-31T12:00:00Z');

/** `POST /v1/events/replay`: which events are to be sent again. */
export const replayBody = z
  .strictObject({
    since: moment.describe('Events at or after this instant.'),
    until: moment.optional().describe('Events before this instant; all up to now when absent.'),
    types: z
      .array(z.enum(publishedTypes, `must be one of ${publishedTypes.join(', ')}`))
      .min(1, 'must name at least one type; leave it out for all')
      .optional(),
  })
  .refine(({ since, until }) => until === undefined || Date.parse(since) < Date.parse(until), {
    path: ['until'],
    message: 'must be after "since"',
  });

/** What a replay answers. */
export const replayed = z.object({
  events: z.int().describe('How many are sent again.'),
  webhooks: z.array(z.string()).describe('Where to.'),
  through: instant
    .nullable()
    .describe(
      'Not everything fitted into one replay: ask again with `since` at this instant. Null when it did.',
    ),
});

/** `GET /v1/events`: an event with what became of it. */
export const eventView = verificationEvent.extend({
  id: z.string().describe('The `webhook-id` header of every call.'),
  deliveries: z.array(
    z.object({
      webhook: z.string(),
      state: z.enum(['pending', 'delivered', 'failed']),
      tries: z.int(),
      lastAt: instant.nullable(),
      lastStatus: z.int().nullable().describe('HTTP.'),
      lastFailure: z.string().nullable(),
      nextAt: instant.nullable().describe('When it is tried again.'),
    }),
  ),
});

export type PublishedData = z.infer<typeof publishedData>;
export type PublishedEventBody = z.infer<typeof publishedEvent>;
export type ReplayBody = z.infer<typeof replayBody>;
export type EventView = z.infer<typeof eventView>;
