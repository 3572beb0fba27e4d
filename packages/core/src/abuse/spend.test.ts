import { describe, expect, it } from '@jest/globals';
import { bucketsOf, microsOf, priceOf } from './spend.ts';

const caps = { total: 100, channels: { sms: 50 }, countries: { default: 10, DE: 20, '+883': 5 } };
const namesOf = (...args: Parameters<typeof bucketsOf>): string[] =>
  bucketsOf(...args).map(({ name, cap }) => `${name} ${cap}`);

describe('prices and caps', () => {
  it('find the price of a country, the default, or nothing', () => {
    const prices = { sms: { DE: 75, default: 90 } };
    expect(priceOf(prices, 'sms', 'DE')).toBe(75);
    expect(priceOf(prices, 'sms', null)).toBe(90);
    expect(priceOf(prices, 'whatsapp', 'DE')).toBe(0);
  });

  it('count a message against every cap it concerns', () => {
    expect(namesOf({ prices: {}, caps }, 'sms', { country: 'DE', callingCode: '49' })).toEqual([
      'total 100',
      'channel:sms 50',
      'country:DE 20',
    ]);
    expect(namesOf({ prices: {}, caps }, 'whatsapp', { country: 'FR', callingCode: '33' })).toEqual([
      'total 100',
      'country:FR 10',
    ]);
  });

  it('a number of no country has the cap of its calling code; a mail has none', () => {
    expect(namesOf({ prices: {}, caps }, 'sms', { country: null, callingCode: '883' })).toContain(
      'country:+883 5',
    );
    expect(namesOf({ prices: {}, caps }, 'sms', { country: null, callingCode: '870' })).toContain(
      'country:+870 10',
    );
    expect(namesOf({ prices: {}, caps }, 'email', { country: 'DE', callingCode: '49' })).toEqual([
      'total 100',
    ]);
  });

  it('are whole numbers: tenths of a cent add up', () => {
    expect(microsOf(0.1) + microsOf(0.2)).toBe(microsOf(0.3));
  });
});
