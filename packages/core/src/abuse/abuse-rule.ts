/**
 * What a rule against abuse may do, weakest first.
 *
 * - `allow`    the rule is off
 * - `monitor`  what it would have done is recorded, nothing else
 * - `degrade`  no SMS and no voice call: nobody earns anything on them; WhatsApp and email still go
 * - `block`    nothing is sent
 */
export const abuseModes = ['allow', 'monitor', 'degrade', 'block'] as const;
export type AbuseMode = (typeof abuseModes)[number];

/** Every rule with the mode it has when a tenant says nothing, and what it sees. The reference page is generated from it. */
export const abuseRules = {
  number_type: [
    'block',
    'A number that earns its owner money or reaches no person: premium, shared-cost, toll-free, voicemail, pager; for auth also VoIP.',
  ],
  prefix: ['block', 'Many codes to one range of numbers (all but the last four digits), hardly any used.'],
  prefix_everywhere: ['degrade', 'The same over all tenants of the installation together.'],
  adjacent: ['block', 'Codes to numbers that follow one another, none used.'],
  country: [
    'block',
    'Codes to one country are used far less than usual, or far more go unused than usual: degraded at first, blocked when hardly any is used at all.',
  ],
  provider_fraud: ['degrade', 'A provider blocked a message to this range of numbers as traffic pumping.'],
  not_requested: ['block', 'The person said that they asked for no code: their purpose rests for a day.'],
  unapproved: [
    'block',
    'Within an hour several verifications of one person, by phone or mail, none of them approved.',
  ],
  wrong_checks: [
    'monitor',
    'Far more of the tenant’s checks are wrong than usual, or very many in a minute: somebody guesses at codes. Told in the answer to every check while it lasts.',
  ],
} as const satisfies Record<string, readonly [AbuseMode, string]>;
export type AbuseRule = keyof typeof abuseRules;

export const abuseRuleNames = Object.keys(abuseRules) as [AbuseRule, ...AbuseRule[]];

/** The numbers the rules compare with; each can be changed per tenant. Shares are from 0 to 1. */
export const abuseLimits = {
  /** More codes than this to one prefix in ten minutes are looked at. */
  prefixSends: 10,
  /** Used by fewer than this share of those who had time to: blocked. */
  prefixConversion: 0.2,
  /** As many at once, before anybody had time to use one, are looked at without waiting. */
  prefixBurst: 30,
  /** As many numbers, each at most `adjacentDistance` from the next, in ten minutes. */
  adjacentNumbers: 5,
  adjacentDistance: 10,
  /** More codes than this to one country in an hour are looked at. */
  countrySends: 50,
  /** Below this share of the country's usual conversion of seven days: degraded. */
  countryConversion: 0.3,
  /** As many times the usual number of unused codes in ten minutes, and fewer used than usual: degraded. */
  countrySurge: 4,
  /** As many verifications of one person in an hour without an approval: the next is refused. */
  unapprovedPerHour: 3,
  /** More wrong checks of a tenant than this in a minute. */
  wrongChecksPerMinute: 200,
  /** As many times the usual share of wrong checks in ten minutes. */
  wrongChecksTimes: 3,
  /** How long a prefix stays blocked after the last sign of abuse, ms. */
  blockMs: 43_200_000,
} as const;
export type AbuseLimits = { readonly [Name in keyof typeof abuseLimits]: number };

const rankOf = (mode: AbuseMode): number => abuseModes.indexOf(mode);

/** The stronger of two modes. */
export const strongerMode = (one: AbuseMode, other: AbuseMode): AbuseMode =>
  rankOf(one) >= rankOf(other) ? one : other;

/** A tenant's wishes as rules are judged by them. */
export interface AbuseWishes {
  /** The most any rule may do. */
  readonly mode: AbuseMode;
  readonly rules: Readonly<Partial<Record<AbuseRule, AbuseMode>>>;
  /** Other modes for one country, by ISO 3166-1 alpha-2. */
  readonly countries: Readonly<Record<string, Readonly<Partial<Record<AbuseRule, AbuseMode>>>>>;
}

/** What a rule may do for a number of `country`: the country's mode, else the tenant's, else the default; never more than `mode`. */
export function modeOf(wishes: AbuseWishes, rule: AbuseRule, country: string | null): AbuseMode {
  const ofCountry = country === null ? undefined : wishes.countries[country]?.[rule];
  const wanted = ofCountry ?? wishes.rules[rule] ?? abuseRules[rule][0];
  return rankOf(wanted) <= rankOf(wishes.mode) ? wanted : wishes.mode;
}
