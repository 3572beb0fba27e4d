import { z } from 'zod';

const limit = z.coerce.number().int().min(1).max(100_000);

/** A `seq` (digits only) or an instant (ISO 8601). */
const after = z
  .string()
  .refine((text) => /^\d+$/.test(text) || !Number.isNaN(Date.parse(text)), 'a seq or an ISO 8601 instant')
  .transform((text) => (/^\d+$/.test(text) ? { afterSeq: Number(text) } : { afterAt: Date.parse(text) }));

const common = {
  to: z.string().optional(),
  provider: z.enum(['meta', 'twilio', 'smtp']).optional(),
  attempt: z.string().optional(),
  after: after.optional(),
};

export const MessagesQuery = z
  .strictObject({
    ...common,
    channel: z.enum(['whatsapp', 'sms', 'rcs', 'email']).optional(),
    arrived: z.stringbool().optional(),
    limit: limit.default(200),
    /** Answer only once this many match, or when `waitMs` is over. */
    count: z.coerce.number().int().min(1).default(1),
    waitMs: z.coerce.number().int().min(0).max(120_000).default(0),
  })
  .transform(({ after: since, ...rest }) => ({ ...rest, ...since }));

export const CallsQuery = z
  .strictObject({ ...common, limit: limit.default(200) })
  .transform(({ after: since, ...rest }) => ({ ...rest, ...since }));
