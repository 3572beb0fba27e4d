import { purposes } from '@otp-relay/core';
import { z } from 'zod';
import { milliseconds } from './fields.ts';
import { maxLifeMs, minLifeMs } from './otp-job.ts';

const codeAlphabets = ['digits', 'letters_digits'] as const;

const length = z.int().min(4, 'must be at least 4').max(10, 'must be at most 10');
const alphabet = z
  .enum(codeAlphabets, `must be one of ${codeAlphabets.join(', ')}`)
  .describe('`letters_digits` has no 0 O 1 I L and no vowels: nothing to misread, no words.');
const maxChecks = z.int().min(1, 'must be at least 1').max(10, 'must be at most 10');

const override = (longestMs: number) =>
  z
    .strictObject({
      length: length.optional(),
      alphabet: alphabet.optional(),
      lifeMs: milliseconds(minLifeMs, longestMs).optional(),
      maxChecks: maxChecks.optional(),
    })
    .optional();

/** How a tenant's codes look, how long they live, how often one may be guessed at; each purpose may differ. */
export const codesConfig = z
  .strictObject({
    length: length.default(6),
    alphabet: alphabet.default('digits'),
    lifeMs: milliseconds(minLifeMs, 600_000).default(600_000),
    maxChecks: maxChecks.default(5).describe('Guesses compared per verification; then it is denied.'),
    purposes: z
      .strictObject(
        Object.fromEntries(purposes.map((purpose) => [purpose, override(maxLifeMs[purpose])])) as Record<
          (typeof purposes)[number],
          ReturnType<typeof override>
        >,
      )
      .default({})
      .describe('What differs for a purpose. More than an hour of life is for routes of e-mail alone.'),
    attemptsRemaining: z
      .enum(['hidden', 'told'], 'must be one of hidden, told')
      .default('hidden')
      .describe('Whether a failed check says how many tries are left.'),
    rememberNextMs: milliseconds(0, 2_592_000_000)
      .default(86_400_000)
      .describe('How long a channel left by `next` is left out for that recipient; 0 forgets at once.'),
  })
  .prefault({});
