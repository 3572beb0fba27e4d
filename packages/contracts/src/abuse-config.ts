import { type AbuseLimits, abuseModes, abuseRuleNames, channels } from '@otp-relay/core';
import { z } from 'zod';
import { milliseconds } from './fields.ts';

const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 country in capitals, in quotes, e.g. "DE"');

/** Which countries' phone numbers codes may go to. Nothing is open unless the tenant says so. */
export const countriesConfig = z
  .union([
    z.literal(
      'all',
      'must list the countries codes may go to, e.g. ["DE", "AT"], or say "all"; none is open by default',
    ),
    z.array(country).min(1, 'must name at least one country').max(300),
  ])
  .describe('ISO 3166-1 alpha-2 countries whose phone numbers codes may go to, or "all".');

const mode = z.enum(abuseModes, `must be one of ${abuseModes.join(', ')}`);
const rules = z.partialRecord(z.enum(abuseRuleNames, `must be one of ${abuseRuleNames.join(', ')}`), mode);
const share = z.number().min(0, 'must be at least 0').max(1, 'must be at most 1');
const count = z.int().min(1, 'must be at least 1').max(1_000_000);

/** Rules against abuse: what each may do, and the numbers it compares with. What is left out is core's own default. */
export const abuseConfig = z
  .strictObject({
    mode: mode
      .optional()
      .describe(
        'The most any rule may do ("block"): "monitor" only records, "allow" switches all of them off.',
      ),
    rules: rules.optional().describe('Other modes than the defaults, by rule.'),
    countries: z.record(country, rules).optional().describe('Other modes for numbers of one country.'),
    safeList: z
      .array(z.string().regex(/^\+[1-9]\d{0,14}$/, 'must be a number or its beginning, e.g. "+4917012345"'))
      .max(1_000)
      .optional()
      .describe('Numbers, or their beginnings, that no rule looks at.'),
    ownCodes: z
      .enum(['unreported', 'reported'])
      .optional()
      .describe(
        'Whether the use of codes that the caller brings is reported (feedback); else nobody knows it.',
      ),
    limits: z
      .strictObject({
        prefixSends: count,
        prefixConversion: share,
        prefixBurst: count,
        adjacentNumbers: z.int().min(2).max(100),
        adjacentDistance: z.int().min(1).max(1_000),
        countrySends: count,
        countryConversion: share,
        countrySurge: z.number().min(1).max(100),
        unapprovedPerHour: count,
        wrongChecksPerMinute: count,
        wrongChecksTimes: z.number().min(1).max(1_000),
        blockMs: milliseconds(60_000, 604_800_000),
      } satisfies Record<keyof AbuseLimits, z.ZodType>)
      .partial()
      .optional(),
  })
  .prefault({});

const money = z.number().min(0, 'must not be negative').max(1_000_000_000);
const place = z
  .string()
  .regex(
    /^(?:[A-Z]{2}|\+[1-9]\d{0,2}|default)$/,
    'must be a country such as "DE", a calling code such as "+883", or "default"',
  );

/** What messages cost and how much may be spent in a day (UTC). Reserved before the provider is called. */
export const spendConfig = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, e.g. "EUR"'),
  prices: z
    .partialRecord(z.enum(channels), z.record(place, money))
    .default({})
    .describe('Of one message, by channel and country; "default" for all others.'),
  dailyCaps: z
    .strictObject({
      total: money.optional(),
      channels: z.partialRecord(z.enum(channels), money).default({}),
      countries: z
        .record(place, money)
        .default({})
        .describe('"default" is the cap of each country not named.'),
    })
    .prefault({}),
});

/** A question to the tenant before anything is sent. */
export const decisionConfig = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2_048),
  deadlineMs: milliseconds(100, 5_000).default(1_000),
  onFailure: z
    .enum(['allow', 'deny'])
    .default('allow')
    .describe('What no answer in time, or an unreadable one, means.'),
  secretVersion: z
    .int()
    .min(1)
    .max(1_000)
    .default(1)
    .describe('Counts up to change the secret; requests are signed with this and the version before.'),
  recipient: z
    .enum(['masked', 'full'])
    .default('masked')
    .describe('Whether the question holds the addresses or only enough to recognise them.'),
});

/** What the tenant answers to a decision request. */
export const decisionAnswer = z.object({
  decision: z.enum(['allow', 'deny']),
  reason: z.string().max(200).optional(),
  channels: z.array(z.enum(channels)).min(1).max(5).optional(),
});

export type AbuseConfig = z.infer<typeof abuseConfig>;
export type SpendConfig = z.infer<typeof spendConfig>;
export type DecisionConfig = z.infer<typeof decisionConfig>;
