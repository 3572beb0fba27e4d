import { z } from 'zod';
import { minorUnits } from './currencies.ts';
import { shownName } from './shown-name.ts';

/**
 * What a payment code is bound to (PSD2 RTS, article 5): shown beside the code on every channel, part of what is hashed,
 * and repeated at the check character for character. "10" and "10.00" are two amounts: each is shown as it was given.
 */
export const paymentContext = z
  .strictObject({
    amount: z
      .string()
      .regex(
        /^(?:0|[1-9]\d{0,11})(?:\.\d{1,4})?$/,
        'must be a decimal in a string without leading zeros, e.g. "129.90"',
      ),
    currency: z
      .string()
      .refine((code) => minorUnits.has(code), 'must be an ISO 4217 code in use, e.g. "EUR"'),
    payee: shownName(70),
  })
  .superRefine(({ amount, currency }, ctx) => {
    const digits = minorUnits.get(currency);
    const given = amount.split('.')[1]?.length ?? 0;
    if (digits !== undefined && given !== 0 && given !== digits)
      ctx.addIssue({
        code: 'custom',
        path: ['amount'],
        message:
          digits === 0
            ? `must be whole: ${currency} has no smaller unit`
            : `must be whole or have ${digits} digits after the point, as ${currency} has`,
      });
  });

/** What a signature code is bound to: the title people know and the SHA-256 of the document's bytes. */
export const signatureContext = z.strictObject({
  documentTitle: shownName(70),
  documentHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the document in lower-case hex'),
});

/** What a code can be bound to, by purpose. */
export type TransactionContext = z.infer<typeof paymentContext> | z.infer<typeof signatureContext>;
