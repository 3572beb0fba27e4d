import { type Purpose, rangeOf, slotOf, slots } from '@otp-relay/core';
import type { Use } from '@otp-relay/store';
import type { Pepper } from '@otp-relay/vault';

/** The keys under which one number is counted and held. */
export interface AbuseKeys {
  /** All but the last four digits, hashed alike for all tenants: an attack on many of them is one attack. */
  readonly range: Buffer;
  readonly line: number;
  /** For people. */
  readonly prefix: string;
  /** A country's traffic, and what is usual of it; absent for a number of no country. */
  readonly country?: { readonly name: string; readonly now: Buffer; readonly usual: Buffer };
}

/** A range and the last four digits together are a number: the range is never stored but as a keyed hash. */
export function abuseKeys(pepper: Pepper, phone: string, country: string | null): AbuseKeys {
  const { prefix, line } = rangeOf(phone);
  return {
    range: pepper.addressKey('', 'phone', `range ${prefix}`),
    line,
    prefix,
    ...(country !== null && {
      country: { name: country, now: Buffer.from(`c:${country}`), usual: Buffer.from(`d:${country}`) },
    }),
  };
}

/** A person and a purpose, for "that was not me". */
export const personKey = (pepper: Pepper, tenantId: string, phone: string, purpose: Purpose): Buffer =>
  pepper.addressKey(tenantId, 'phone', `not requested ${purpose} ${phone}`);

/**
 * What stands when a person said so: under the range, where every request looks, with the person's hash in the rule's
 * name. Nobody computes it while nothing of the kind stands there.
 */
export const notRequestedRule = (...of: Parameters<typeof personKey>): string =>
  `not_requested:${personKey(...of).toString('hex')}`;

/** A code counts as used in the slot in which it was asked for, under each key it was counted under. */
export function usesOf(tenantId: string, keys: AbuseKeys, askedAt: number): Use[] {
  const of = (key: Buffer, slotMs: number, line: number | null = null): Use => ({
    tenantId,
    key,
    slot: slotOf(askedAt, slotMs),
    line,
  });
  return [
    of(keys.range, slots.prefix.slotMs, keys.line),
    ...(keys.country
      ? [of(keys.country.now, slots.country.slotMs), of(keys.country.usual, slots.usual.slotMs)]
      : []),
  ];
}
