import { attemptStates, channels, failureKinds, providers, purposes, timelineTypes } from '@otp-relay/core';
import { z } from 'zod';

const instant = z.iso.datetime().describe('ISO 8601, UTC');
const kinds = Object.keys(failureKinds) as [keyof typeof failureKinds, ...(keyof typeof failureKinds)[]];

/** One try at sending, as callers see it. */
export const attemptView = z.object({
  id: z.string(),
  step: z.int(),
  try: z.int(),
  channel: z.enum(channels),
  provider: z.enum(providers),
  account: z.string(),
  state: z.enum(attemptStates),
  skipReason: z.string().nullable(),
  failure: z
    .object({ kind: z.enum(kinds), code: z.string().nullable(), explanation: z.string() })
    .nullable()
    .describe("Our kind, the provider's code verbatim, and plain words."),
  queuedAt: instant,
  acceptedAt: instant.nullable(),
  deliveredAt: instant.nullable(),
  endedAt: instant.nullable(),
});

/** `GET /v1/verifications/{id}`. Recipients are masked; a code is never part of it. */
export const verificationView = z.object({
  id: z.string(),
  status: z.enum(['pending', 'approved', 'denied', 'expired', 'canceled']),
  delivery: z.enum(['queued', 'sending', 'awaiting', 'delivered', 'unconfirmed', 'exhausted', 'stopped']),
  purpose: z.enum(purposes),
  to: z.string().describe('Masked, e.g. "+1 ••• ••• 0100".'),
  channel: z.enum(channels).nullable().describe('The channel of the current attempt.'),
  route: z.array(z.enum(channels)),
  createdAt: instant,
  expiresAt: instant,
  attempts: z.array(attemptView),
});

/** The answer to `POST /v1/verifications`. */
export const verificationCreated = verificationView.extend({
  deduplicated: z
    .boolean()
    .describe('True when this request joined a verification that was already running.'),
});

/** `GET /v1/verifications/{id}/timeline`. */
export const timelineView = z.object({
  id: z.string(),
  entries: z.array(
    z.object({
      at: instant,
      type: z.enum(timelineTypes),
      attempt: z.string().nullable(),
      detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  ),
});

export type AttemptView = z.infer<typeof attemptView>;
export type VerificationView = z.infer<typeof verificationView>;
export type VerificationCreated = z.infer<typeof verificationCreated>;
export type TimelineView = z.infer<typeof timelineView>;
