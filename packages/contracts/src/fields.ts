import { channels, purposes } from '@otp-relay/core';
import { z } from 'zod';

/** Ids chosen by people: tenants, accounts. They appear in URLs and job data. */
export const slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
    'must be 1–64 characters of a–z, 0–9 and inner hyphens, e.g. "acme-sms"',
  );

export const phone = z
  .string()
  .regex(
    /^\+[1-9]\d{6,14}$/,
    'must be E.164: "+", country calling code, number, no spaces, e.g. "+14155550100"',
  );

export const email = z
  .email('must be one mailbox, e.g. "ana@example.com"')
  .max(254, 'must be at most 254 characters');

export const locale = z
  .string()
  .regex(/^[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?$/, 'must be a language tag such as "en", "pt-BR" or "es_AR"');

export const channel = z.enum(channels, `must be one of ${channels.join(', ')}`);
export const purpose = z.enum(purposes, `must be one of ${purposes.join(', ')}`);

export const callingCode = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, 'must be a country calling code without "+", in quotes, e.g. "55"');

// Control characters, line separators and bidirectional overrides: none belongs in one line shown to people.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const oneLine = /^[^\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/;

/** One line of text shown to people. */
export const line = (max: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(max, `must be at most ${max} characters`)
    .regex(oneLine, 'must be one line without control characters');

export const milliseconds = (min: number, max: number) =>
  z
    .int('must be a whole number of milliseconds')
    .min(min, `must be at least ${min} ms`)
    .max(max, `must be at most ${max} ms`);
