import type { AbuseLimits, AbuseMode, AbuseRule } from './abuse-rule.ts';
import { strongerMode } from './abuse-rule.ts';
import { conversionOf, runAround, slots, type Traffic } from './traffic.ts';

/** What is known when a number is judged: this request counted in. */
export interface Seen {
  readonly prefix: Traffic;
  /** The same prefix over all tenants. */
  readonly everywhere: Traffic;
  /** How many tenants sent to it. */
  readonly tenants: number;
  readonly line: number;
  /** Last four digits of the numbers of this prefix whose codes were not used. */
  readonly unusedLines: readonly number[];
  readonly countryHour: Traffic;
  readonly countryRecent: Traffic;
  /** What went to the country before today, and over how many ms. */
  readonly usual: { readonly sends: number; readonly converted: number; readonly spanMs: number };
  /** Verifications of this person in the last hour that were not approved, without the one this request would join. */
  readonly unapproved: number;
  /** Rules that spoke before and still stand, by what they stand for. */
  readonly standing: readonly AbuseRule[];
}

/** What one rule said: its mode is what it did, `detail` what it saw. */
export interface AbuseReason {
  readonly rule: AbuseRule;
  readonly mode: AbuseMode;
  /** Numbers and words for people and machines; never an address. */
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

export interface Verdict {
  readonly mode: AbuseMode;
  readonly reasons: readonly AbuseReason[];
  /** Rules that spoke because of what they saw now: they stand from here on, or stand longer. */
  readonly fresh: readonly AbuseRule[];
}

export interface Judging {
  readonly modeOf: (rule: AbuseRule) => AbuseMode;
  readonly limits: AbuseLimits;
}

/** Without a week of its own a country is taken to convert as most do. */
const presumedConversion = 0.5;
const enoughForUsual = 100;
const enoughSettled = 5;
const enoughNumbers = 5;
const recentMs = slots.country.recentMs;
/** With honest people among them it is never as few. */
const collapsedConversion = 0.03;
/** More people than ever is no attack while they use their codes as ever. */
const fellConversion = 0.7;
/** Over all tenants together there is more honest traffic. */
const everywhereFactor = 3;

type Detail = AbuseReason['detail'];

/** What the rules that look at traffic say of one request. Pure. */
export function judge(seen: Seen, { modeOf, limits }: Judging): Verdict {
  const found: readonly (readonly [AbuseRule, Detail | undefined])[] = [
    ['prefix', severalNumbers(seen) ? pumped(seen.prefix, limits, limits.prefixSends) : undefined],
    [
      'prefix_everywhere',
      seen.tenants > 1 ? pumped(seen.everywhere, limits, limits.prefixSends * everywhereFactor) : undefined,
    ],
    ['adjacent', adjacent(seen, limits)],
    ['country', countryFell(seen, limits) ?? countrySurged(seen, limits)],
    ['provider_fraud', undefined],
    ['not_requested', undefined],
    ['unapproved', bombed(seen, limits)],
  ];
  const reasons: AbuseReason[] = [];
  const fresh: AbuseRule[] = [];
  for (const [rule, detail] of found) {
    const mode = modeOf(rule);
    const stands = seen.standing.includes(rule);
    if (mode === 'allow' || (detail === undefined && !stands)) continue;
    const isMild = rule === 'country' && !(stands && detail?.collapsed === true);
    reasons.push({
      rule,
      mode: isMild && mode === 'block' ? 'degrade' : mode,
      detail: detail ?? { standing: true },
    });
    // Counted anew every time: nothing has to stand for it.
    if (detail !== undefined && rule !== 'unapproved') fresh.push(rule);
  }
  const mode = reasons.map((reason) => reason.mode).reduce(strongerMode, 'allow');
  return { mode, reasons, fresh };
}

/** One person who asks again and again is a matter of limits. */
const severalNumbers = ({ unusedLines }: Seen): boolean => new Set(unusedLines).size >= enoughNumbers;

/** Many codes to one prefix, hardly any used: by those who had time, or by so many at once that time does not matter. */
function pumped(traffic: Traffic, limits: AbuseLimits, sends: number): Detail | undefined {
  if (traffic.sends <= sends) return undefined;
  const isSettled = traffic.settledSends >= enoughSettled;
  const isBurst = traffic.sends > (limits.prefixBurst * sends) / limits.prefixSends;
  if (!isSettled && !isBurst) return undefined;
  const conversion = isSettled
    ? conversionOf(traffic.settledConverted, traffic.settledSends)
    : conversionOf(traffic.converted, traffic.sends);
  return conversion < limits.prefixConversion
    ? { sends: traffic.sends, converted: traffic.converted, conversion: rounded(conversion) }
    : undefined;
}

function adjacent({ line, unusedLines }: Seen, limits: AbuseLimits): Detail | undefined {
  const numbers = runAround(line, unusedLines, limits.adjacentDistance);
  return numbers >= limits.adjacentNumbers ? { numbers } : undefined;
}

/** Somebody lets codes rain on one person, or a person gets none to work. */
const bombed = ({ unapproved }: Seen, limits: AbuseLimits): Detail | undefined =>
  unapproved >= limits.unapprovedPerHour ? { unapproved } : undefined;

/** A small country, or a large attack: the hour's conversion falls far below what is usual. */
function countryFell({ countryHour, usual }: Seen, limits: AbuseLimits): Detail | undefined {
  const { settledSends, settledConverted } = countryHour;
  if (settledSends < limits.countrySends) return undefined;
  const expected = usualConversion(usual);
  const conversion = conversionOf(settledConverted, settledSends);
  return conversion < limits.countryConversion * expected
    ? {
        sends: settledSends,
        conversion: rounded(conversion),
        usual: rounded(expected),
        ...(conversion < collapsedConversion && { collapsed: true }),
      }
    : undefined;
}

/** A large country hides an attack in its honest traffic, but not the codes nobody uses. */
function countrySurged({ countryRecent, usual }: Seen, limits: AbuseLimits): Detail | undefined {
  const { settledSends, settledConverted } = countryRecent;
  const unused = settledSends - settledConverted;
  const expected = usual.spanMs === 0 ? 0 : ((usual.sends - usual.converted) * recentMs) / usual.spanMs;
  if (unused <= limits.countrySurge * expected + limits.countrySends) return undefined;
  const conversion = conversionOf(settledConverted, settledSends);
  return conversion < fellConversion * usualConversion(usual)
    ? { unused, usual: Math.round(expected), conversion: rounded(conversion) }
    : undefined;
}

const usualConversion = ({ sends, converted }: Seen['usual']): number =>
  sends < enoughForUsual ? presumedConversion : conversionOf(converted, sends);

const rounded = (share: number): number => Math.round(share * 1_000) / 1_000;
