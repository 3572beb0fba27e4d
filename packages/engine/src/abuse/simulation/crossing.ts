import { abuseLimits, slots } from '@otp-relay/core';
import type { SimulatedAsk } from './event.ts';

/** What is usual of a country, as the rules know it on this day. */
export interface Usual {
  readonly conversion: number;
  readonly unusedPerRecent: number;
}

/**
 * When a country's traffic crossed the line, told by somebody who knows at once which codes will be used: rules can only
 * be slower. `asks` of one country in the order of time.
 */
export function countryCrossing(asks: readonly SimulatedAsk[], usual: Usual): number | undefined {
  const hour = slidingWindow(slots.country.windowMs);
  const recent = slidingWindow(slots.country.recentMs);
  for (const ask of asks) {
    const [h, r] = [hour(ask), recent(ask)];
    const fell =
      h.sends >= abuseLimits.countrySends &&
      h.used / h.sends < abuseLimits.countryConversion * usual.conversion;
    const surged =
      r.sends - r.used > abuseLimits.countrySurge * usual.unusedPerRecent + abuseLimits.countrySends &&
      r.used / r.sends < 0.7 * usual.conversion;
    if (ask.attack !== undefined && (fell || surged)) return ask.at;
  }
  return undefined;
}

function slidingWindow(windowMs: number): (ask: SimulatedAsk) => { sends: number; used: number } {
  const inside: SimulatedAsk[] = [];
  let used = 0;
  return (ask) => {
    inside.push(ask);
    used += ask.usedAfterMs === undefined ? 0 : 1;
    while (inside[0] && inside[0].at < ask.at - windowMs)
      used -= inside.shift()?.usedAfterMs === undefined ? 0 : 1;
    return { sends: inside.length, used };
  };
}
