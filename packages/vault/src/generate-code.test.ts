import { describe, expect, it } from '@jest/globals';
import { generateCode } from './generate-code.ts';

/** Upper tail of χ² by the Wilson–Hilferty approximation; good to a few per cent from 9 degrees of freedom on. */
function pValue(chi2: number, degrees: number): number {
  const spread = 2 / (9 * degrees);
  const z = ((chi2 / degrees) ** (1 / 3) - (1 - spread)) / Math.sqrt(spread);
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z > 0 ? tail : 1 - tail;
}

function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** The smallest p over eight tables: the digits of each position, and the leading and trailing three digits together. */
function smallestP(codes: number): number {
  const positions = Array.from({ length: 6 }, () => new Array<number>(10).fill(0));
  const leading = new Array<number>(1000).fill(0);
  const trailing = new Array<number>(1000).fill(0);
  for (let i = 0; i < codes; i += 1) {
    const code = generateCode().reveal();
    for (let at = 0; at < 6; at += 1) positions[at]![code.charCodeAt(at) - 48]! += 1;
    leading[Number(code.slice(0, 3))]! += 1;
    trailing[Number(code.slice(3))]! += 1;
  }
  const tables = [...positions, leading, trailing];
  return Math.min(...tables.map((counts) => pValue(chiSquare(counts), counts.length - 1)));
}

describe('generateCode', () => {
  it('is uniform over a million codes', () => {
    // Eight tables at p > 0.001 fail a perfect source once in 125 runs, so a failure must repeat to count.
    const first = smallestP(1_000_000);
    expect(first > 0.001 ? first : smallestP(1_000_000)).toBeGreaterThan(0.001);
  });

  it('finds a source with modulo bias out', () => {
    const biased = Array.from({ length: 10 }, (_, digit) => (digit < 6 ? 101_000 : 98_500));
    expect(pValue(chiSquare(biased), 9)).toBeLessThan(0.001);
  });

  it('keeps leading zeros and every length from 4 to 10', () => {
    for (let length = 4; length <= 10; length += 1) {
      for (let i = 0; i < 200; i += 1) expect(generateCode({ length }).reveal()).toMatch(/^\d+$/);
      expect(generateCode({ length }).reveal()).toHaveLength(length);
      expect(generateCode({ length, alphabet: 'letters_digits' }).reveal()).toHaveLength(length);
    }
  });

  it('uses no character that can be misread', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 2000; i += 1) {
      for (const character of generateCode({ alphabet: 'letters_digits' }).reveal()) seen.add(character);
    }
    expect([...seen].sort().join('')).toBe('23456789BCDFGHJKMNPQRSTVWXYZ');
  });

  it('refuses other lengths', () => {
    for (const length of [0, 3, 11, 4.5, Number.NaN]) {
      expect(() => generateCode({ length })).toThrow('OTP_VAULT_CODE_LENGTH');
    }
  });

  it('gives a secret that does not print', () => {
    expect(`${generateCode()} ${JSON.stringify({ code: generateCode() })}`).not.toMatch(/\d/);
  });
});
