import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalCode } from './normal-code.ts';

describe('normalCode', () => {
  it.each([
    ['123 456', '123456'],
    ['123-456', '123456'],
    [' 12\u00a034\u200956\n', '123456'],
    ['12‑34–56—78−9', '123456789'],
    ['１２３４５６', '123456'],
    ['١٢٣٤٥٦', '123456'],
    ['۱۲۳۴۵۶', '123456'],
    ['१२३४५६', '123456'],
    ['১২৩৪৫৬', '123456'],
    ['๑๒๓๔๕๖', '123456'],
    ['𝟏𝟐𝟑𝟒𝟓𝟔', '123456'],
    ['\u2066123456\u2069', '123456'],
    ['１２３ー４５６', '123456'],
    ['bc2-df3', 'BC2DF3'],
    ['ｂｃ２ｄｆ３', 'BC2DF3'],
    ['', ''],
    ['- -', ''],
  ])('%j is compared as %j', (typed, code) => {
    expect(normalCode(typed)).toBe(code);
  });

  it('reads the digits of every script that Unicode has names for', () => {
    const read = Intl.supportedValuesOf('numberingSystem').filter((system) => {
      const written = [...Array(10).keys()].map((n) => new Intl.NumberFormat(`en-u-nu-${system}`).format(n));
      if (!written.every((text) => /^\p{Nd}$/u.test(text))) return false;
      expect(normalCode(written.join(''))).toBe('0123456789');
      return true;
    });
    expect(read.length).toBeGreaterThan(50);
  });

  it('is the same the second time, and leaves nothing of what it strips', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        const once = normalCode(typed);
        expect(normalCode(once)).toBe(once);
      }),
    );
  });

  it('never brings two different codes together', () => {
    const code = fc.stringMatching(/^[2-9BCDFGHJKMNPQRSTVWXYZ]{4,10}$/);
    fc.assert(fc.property(code, code, (a, b) => (normalCode(a) === normalCode(b)) === (a === b)));
  });
});
