import { z } from 'zod';
import { milliseconds } from './fields.ts';

/** Every single hit is remembered for these: they stay small. */
const few = (max: number) => z.int().min(1, 'must be at least 1').max(max, `must be at most ${max}`);
const off = 'null turns it off.';

/** How often codes are sent before somebody has to wait. A limit that is null does not exist. */
export const limitsConfig = z
  .strictObject({
    recipient: z
      .strictObject({
        coolDownMs: z
          .array(milliseconds(1_000, 600_000))
          .min(1, 'needs at least one pause')
          .max(10, 'must have at most 10 pauses')
          .nullable()
          .default([30_000, 40_000, 60_000, 90_000, 120_000])
          .describe(
            'The pause after the first code within ten minutes, after the second … The last one goes on.',
          ),
        perTenMinutes: few(100).nullable().default(5),
        perDay: few(200).nullable().default(10),
      })
      .nullable()
      .prefault({})
      .describe(`New verifications and resends to one phone number or mailbox. ${off}`),
    ip: z
      .strictObject({
        perHour: few(1_000).nullable().default(10),
        recipientsPerHour: few(1_000).nullable().default(5),
      })
      .nullable()
      .prefault({})
      .describe(`Asked by one address of an end user (\`endUser.ip\`): IPv4, or the /64 of IPv6. ${off}`),
    device: z
      .strictObject({ perHour: few(1_000).nullable().default(5) })
      .nullable()
      .prefault({})
      .describe(`Asked by one device of an end user (\`endUser.device\`). ${off}`),
    tenant: z
      .strictObject({
        perSecond: few(1_000_000).nullable().default(null),
        perMinute: few(10_000_000).nullable().default(100_000),
        perDay: few(100_000_000).nullable().default(1_000_000),
      })
      .nullable()
      .prefault({})
      .describe(`Asked by the tenant altogether; a day begins at midnight UTC. ${off}`),
  })
  .prefault({})
  .describe('Limits: whoever asks too often is answered 429 with `Retry-After`, and nothing is sent.');

export type LimitsConfig = z.infer<typeof limitsConfig>;
