import { describe, expect, it } from '@jest/globals';
import { smsSizeOf, toGsm7 } from './gsm7.ts';

describe('smsSizeOf', () => {
  it.each([
    ['', 'gsm7', 0, 1],
    ['a'.repeat(160), 'gsm7', 160, 1],
    ['a'.repeat(161), 'gsm7', 161, 2],
    ['a'.repeat(306), 'gsm7', 306, 2],
    ['a'.repeat(307), 'gsm7', 307, 3],
    ['€'.repeat(80), 'gsm7', 160, 1],
    ['€'.repeat(81), 'gsm7', 162, 2],
    ['@#$_ñéèàùìòÇÄÖÜß', 'gsm7', 16, 1],
    ['ó', 'ucs2', 1, 1],
    ['я'.repeat(70), 'ucs2', 70, 1],
    ['я'.repeat(71), 'ucs2', 71, 2],
    ['я'.repeat(135), 'ucs2', 135, 3],
    ['🙂'.repeat(35), 'ucs2', 70, 1],
    ['🙂'.repeat(36), 'ucs2', 72, 2],
  ] as const)('%j', (text, encoding, units, segments) => {
    expect(smsSizeOf(text)).toEqual({ encoding, units, segments });
  });
});

describe('toGsm7', () => {
  it.each([
    ['Tu código', 'Tu codigo'],
    ['não ção', 'nao cao'],
    ['şifrenizi sıfırlama', 'sifrenizi sifirlama'],
    ['“Łódź” – it’s…', '"Lodz" - it\'s...'],
    ['für Köln é à ñ Ç', 'für Köln é à ñ Ç'],
  ])('writes %j as %j', (text, folded) => {
    expect(toGsm7(text)).toBe(folded);
  });

  it.each(['ваш код', 'código 验证码', 'código 🙂'])(
    'leaves %j, which the alphabet cannot hold, whole',
    (text) => {
      expect(toGsm7(text)).toBe(text);
    },
  );
});
