import { describe, expect, it } from '@jest/globals';
import { extractCode } from './extract-code.ts';

describe('extractCode', () => {
  it.each([
    ['482913 is your code.', '482913'],
    ['Your code: 482 913', '482913'],
    ['Your code is 482-913.', '482913'],
    ['Il tuo codice è 0042.', '0042'],
    ['747723 is your ExampleCo code.\n\n@example.com #747723', '747723'],
    ['Use K7PQ2M to sign in to order 1234567.\n\n@example.com #K7PQ2M', 'K7PQ2M'],
    ['Use K7PQ2M to sign in.', 'K7PQ2M'],
    ['Call +4930123456 or use 5521', '5521'],
    ['Pay 1200.50 EUR with 9934', '9934'],
    ['On 2026-11-22 your code was 77120', '77120'],
    ['Hello there', null],
    ['', null],
  ])('%j → %j', (text, code) => {
    expect(extractCode(text)).toBe(code);
  });
});
