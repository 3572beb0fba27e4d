const digit = /\p{Nd}/u;
/** What people and keyboards put between characters: spaces, dashes and minus signs of all scripts, invisible marks. */
const between = /[\s\p{Pd}\p{Cf}\u2212ー]/gu;

/**
 * A code as it is compared: decimal digits of every script as 0–9, full-width letters as plain ones, upper case, without
 * spaces, dashes and invisible marks. What was sent and what was typed both go through it.
 */
export const normalCode = (typed: string): string =>
  [...typed.normalize('NFKC').replace(between, '')].map(plainDigit).join('').toUpperCase();

/** Unicode promises that the digits of a script are ten in a row, from zero on, and that rows begin after a gap or a row. */
function plainDigit(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80 || !digit.test(character)) return character;
  let first = point;
  while (digit.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((point - first) % 10);
}
