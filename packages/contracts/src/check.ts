import { z } from 'zod';

/**
 * The body of `POST /v1/verifications/{id}/check`. What could be a code is compared, and counted, however odd it looks; so
 * is a context.
 */
export const checkRequest = z.strictObject({
  code: z
    .string('must be a string: a number loses its leading zeros')
    .min(1, 'must not be empty')
    .max(64, 'must be at most 64 characters')
    .describe('As the person typed it: spaces, dashes, case and the script of digits do not matter.'),
  context: z
    .record(
      z.string().max(64, 'must be at most 64 characters'),
      z.string('must be a string').max(256, 'must be at most 256 characters'),
    )
    .refine((context) => Object.keys(context).length <= 16, 'must have at most 16 fields')
    .optional()
    .describe('The transaction, as it was asked for: any difference counts as a wrong code.'),
});

/** The answer when the code was right. There is no other: every failed check is the problem `OTP_CHECK_FAILED`. */
export const checkApproved = z.object({
  id: z.string(),
  approved: z.literal(true),
  guessing: z
    .literal(true)
    .optional()
    .describe(
      'Somebody guesses at codes of this tenant at present: ask for more than the code. Absent otherwise.',
    ),
});

/** The body of `POST /v1/verifications/{id}/next`. */
export const nextRequest = z.strictObject({
  remember: z
    .boolean()
    .default(true)
    .describe('Leave this channel out for this recipient for a while ("I have no WhatsApp").'),
  attempt: z
    .string()
    .max(64, 'must be at most 64 characters')
    .optional()
    .describe(
      'Leave this attempt only: when another one is current already, it is done. Makes retries safe.',
    ),
});

/** The body of `POST /v1/verifications/{id}/feedback`. */
export const feedbackRequest = z.strictObject({
  converted: z
    .boolean()
    .describe('Whether the person did what the code was for, found out by other means than a check here.'),
});

export type CheckRequest = z.infer<typeof checkRequest>;
export type CheckApproved = z.infer<typeof checkApproved>;
export type FeedbackRequest = z.infer<typeof feedbackRequest>;
