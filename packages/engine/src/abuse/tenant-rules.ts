import type { TenantConfig } from '@otp-relay/contracts';
import {
  type AbuseLimits,
  type AbuseRule,
  type AbuseWishes,
  abuseLimits,
  abuseRuleNames,
  microsOf,
  modeOf,
  type SpendPlan,
} from '@otp-relay/core';

/** What a tenant's config says about abuse and spending, ready to be asked. */
export interface TenantRules {
  readonly limits: AbuseLimits;
  readonly modeOf: (rule: AbuseRule, country: string | null) => ReturnType<typeof modeOf>;
  /** Whether any rule that looks at traffic may do anything for a number of this country. */
  readonly watches: (country: string | null) => boolean;
  readonly isSafe: (phone: string) => boolean;
  readonly ownCodesReported: boolean;
  /** Absent without a cap. */
  readonly spend?: SpendPlan;
}

/** Rules that look at something else than traffic. */
const others: ReadonlySet<AbuseRule> = new Set(['number_type', 'unapproved', 'wrong_checks']);

const read = new WeakMap<TenantConfig, TenantRules>();

/** A tenant's rules; read once per version of its config. */
export function rulesOf(config: TenantConfig): TenantRules {
  const known = read.get(config);
  if (known) return known;
  const rules = readRules(config);
  read.set(config, rules);
  return rules;
}

function readRules({ abuse, spend }: TenantConfig): TenantRules {
  const wishes: AbuseWishes = {
    mode: abuse.mode ?? 'block',
    rules: abuse.rules ?? {},
    countries: abuse.countries ?? {},
  };
  const ofTraffic = abuseRuleNames.filter((rule) => !others.has(rule));
  const safe = abuse.safeList ?? [];
  const plan = spend && planOf(spend);
  return {
    limits: { ...abuseLimits, ...defined(abuse.limits ?? {}) },
    modeOf: (rule, country) => modeOf(wishes, rule, country),
    watches: (country) => ofTraffic.some((rule) => modeOf(wishes, rule, country) !== 'allow'),
    isSafe: (phone) => safe.some((beginning) => phone.startsWith(beginning)),
    ownCodesReported: abuse.ownCodes === 'reported',
    ...(plan && { spend: plan }),
  };
}

/** Caps without a price count nothing: then the tenant only documents its prices. */
function planOf({ prices, dailyCaps }: NonNullable<TenantConfig['spend']>): SpendPlan | undefined {
  const { total, channels, countries } = dailyCaps;
  if (total === undefined && Object.keys(channels).length + Object.keys(countries).length === 0)
    return undefined;
  return {
    prices: Object.fromEntries(
      Object.entries(prices).map(([channel, table]) => [channel, micros(table ?? {})]),
    ),
    caps: {
      ...(total !== undefined && { total: microsOf(total) }),
      channels: micros(channels),
      countries: micros(countries),
    },
  };
}

const micros = (amounts: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(amounts).flatMap(([name, amount]) =>
      amount === undefined ? [] : [[name, microsOf(amount)]],
    ),
  );

const defined = <T extends object>(values: T): { [Name in keyof T]: Exclude<T[Name], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };
