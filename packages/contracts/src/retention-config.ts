import { z } from 'zod';

const days = (preset: number) =>
  z
    .int('must be a whole number of days')
    .min(1, 'must be at least 1')
    .max(3_650, 'must be at most 3650')
    .default(preset);

/** How long a tenant's rows are kept, days. */
export const retentionConfig = z
  .strictObject({
    verificationDays: days(30).describe(
      'Verifications with their attempts and timeline, and refused jobs, are deleted after this many days.',
    ),
    receiptDays: days(7).describe(
      "Providers' delivery reports as they came are deleted after this many days.",
    ),
  })
  .prefault({});

export type RetentionConfig = z.infer<typeof retentionConfig>;
