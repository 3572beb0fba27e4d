import type { Purpose } from '../channel.ts';

/** What kind of number it is, in libphonenumber's words; null when its numbering plan does not tell. */
export const numberTypes = [
  'FIXED_LINE',
  'MOBILE',
  'FIXED_LINE_OR_MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
] as const;
export type NumberType = (typeof numberTypes)[number];

/** What a number tells about itself. */
export interface NumberFacts {
  /** E.164. */
  readonly phone: string;
  /** E.164 country calling code without `+`. */
  readonly callingCode: string;
  /** ISO 3166-1 alpha-2; null when the calling code is shared and the number does not tell. */
  readonly country: string | null;
  /** All it may belong to when `country` does not say; empty for a number of no country, e.g. satellite phones. */
  readonly possibleCountries: readonly string[];
  readonly type: NumberType | null;
}

/** Nobody reads a message there, or its owner is paid for every one. */
const refusedTypes: readonly NumberType[] = [
  'PREMIUM_RATE',
  'SHARED_COST',
  'TOLL_FREE',
  'PAGER',
  'UAN',
  'VOICEMAIL',
];

/** Whether codes of this purpose go to numbers of this type. A number one can rent by the minute is no second factor. */
export const isRefusedType = (type: NumberType | null, purpose: Purpose): boolean =>
  type !== null && (refusedTypes.includes(type) || (type === 'VOIP' && purpose === 'auth'));

/** Which countries codes go to: `all`, or ISO 3166-1 alpha-2 codes. */
export type AllowedCountries = 'all' | readonly string[];

/** Whether the tenant opened the number's country. Fails closed: every country it may belong to must be open. */
export function isAllowedCountry(
  allowed: AllowedCountries,
  facts: Pick<NumberFacts, 'country' | 'possibleCountries'>,
): boolean {
  if (allowed === 'all') return true;
  const countries = facts.country === null ? facts.possibleCountries : [facts.country];
  return countries.length > 0 && countries.every((country) => allowed.includes(country));
}

/** A number's range, the ten thousand that share all but the last four digits, and its place in it. */
export const rangeOf = (phone: string): { readonly prefix: string; readonly line: number } => ({
  prefix: phone.slice(0, -4),
  line: Number(phone.slice(-4)),
});
