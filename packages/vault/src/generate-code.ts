import { randomInt } from 'node:crypto';
import { Secret } from '@otp-relay/core';
import { VaultFault } from './vault-fault.ts';

/** What a code may be made of. */
export const codeAlphabets = ['digits', 'letters_digits'] as const;
export type CodeAlphabet = (typeof codeAlphabets)[number];

/** No 0 O 1 I L (misread), and no vowels (so that no code spells a word). */
const lettersDigits = '23456789BCDFGHJKMNPQRSTVWXYZ';

/**
 * A fresh code, every code equally likely.
 * `length` is 4–10; `digits` gives about 3.3 bits a character, `letters_digits` 4.8. Throws `OTP_VAULT_CODE_LENGTH`.
 */
export function generateCode(options: { length?: number; alphabet?: CodeAlphabet } = {}): Secret {
  const { length = 6, alphabet = 'digits' } = options;
  if (!Number.isInteger(length) || length < 4 || length > 10) throw new VaultFault('OTP_VAULT_CODE_LENGTH');
  // randomInt rejects instead of taking a remainder, so there is no modulo bias.
  if (alphabet === 'digits') return new Secret(String(randomInt(10 ** length)).padStart(length, '0'));
  let code = '';
  while (code.length < length) code += lettersDigits[randomInt(lettersDigits.length)];
  return new Secret(code);
}
