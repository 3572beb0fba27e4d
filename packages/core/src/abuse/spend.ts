import type { Channel } from '../channel.ts';

/** Prices and caps of a tenant, in millionths of its currency: whole numbers, so that a cap is never exceeded by rounding. */
export interface SpendPlan {
  readonly prices: Readonly<Partial<Record<Channel, Readonly<Record<string, number>>>>>;
  /** A day's caps, UTC. `countries.default` is the cap of each country that has none of its own. */
  readonly caps: {
    readonly total?: number | undefined;
    readonly channels: Readonly<Partial<Record<Channel, number>>>;
    readonly countries: Readonly<Record<string, number>>;
  };
}

/** One thing a message's price is counted against. */
export interface SpendBucket {
  readonly name: string;
  readonly cap: number;
}

export const microsOf = (amount: number): number => Math.round(amount * 1_000_000);

/** The price of one message, in millionths; 0 when none was told. */
export function priceOf(prices: SpendPlan['prices'], channel: Channel, country: string | null): number {
  const table = prices[channel];
  return (country === null ? undefined : table?.[country]) ?? table?.default ?? 0;
}

/**
 * The caps a message counts against. A number of no country counts by its calling code (`+883`): a cap per country that
 * misses a number would be no cap.
 */
export function bucketsOf(
  { caps }: SpendPlan,
  channel: Channel,
  place: { readonly country: string | null; readonly callingCode: string | null },
): readonly SpendBucket[] {
  const buckets: SpendBucket[] = [];
  const ofChannel = caps.channels[channel];
  if (caps.total !== undefined) buckets.push({ name: 'total', cap: caps.total });
  if (ofChannel !== undefined) buckets.push({ name: `channel:${channel}`, cap: ofChannel });
  if (channel !== 'email' && place.callingCode !== null) {
    const name = place.country ?? `+${place.callingCode}`;
    const ofCountry = caps.countries[name] ?? caps.countries.default;
    if (ofCountry !== undefined) buckets.push({ name: `country:${name}`, cap: ofCountry });
  }
  return buckets;
}
