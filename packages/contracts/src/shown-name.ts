import { z } from 'zod';

/** Controls, invisible and unassigned characters, private use, and every space but the plain one. */
const hidden = /(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** The joiners are invisible too; they belong after a letter of a script that is written with them, nowhere else. */
const strayJoiner =
  /(?<![\p{M}\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}])[\u200c\u200d]/u;

/** Letters made to look like others: mathematical bold, script, double-struck. */
const costume = /[\u{1d400}-\u{1d7ff}]/u;

const link = /:\/\/|\bwww\./i;

const latin = /\p{Script=Latin}/u;
const cyrillic = /\p{Script=Cyrillic}/u;
/** Scripts with letters that pass for Latin or Cyrillic ones (UTS 39, "highly restrictive"). */
const lookalike = /[\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u;

/** Whether one word borrows letters from a second script that looks like the first: "Pаypal" with a Cyrillic "а". */
const isMixed = (text: string): boolean =>
  text
    .split(/[^\p{L}\p{M}]+/u)
    .some((word) => [latin, cyrillic, lookalike].filter((script) => script.test(word)).length > 1);

/**
 * A name that a person must be able to trust beside a code: what is bound is what is shown, but for marks that the
 * alphabet of an SMS lacks.
 * Whoever wrote it may be the attacker, so nothing in it may hide, forge a line, pass for another name, or be a link.
 */
export const shownName = (max: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(max, { error: `must be at most ${max} characters`, abort: true })
    .refine((text) => !hidden.test(text) && !strayJoiner.test(text), {
      error: 'must be one line without control, invisible or special space characters',
      abort: true,
    })
    .refine((text) => text === text.trim() && !text.includes('  '), {
      error: 'must have no space at its ends and no two in a row',
    })
    .refine((text) => text === text.normalize('NFC'), { error: 'must be in Unicode normalisation form C' })
    .refine((text) => !costume.test(text) && !isMixed(text), {
      error: 'must not mix letters of alphabets that look alike within a word',
    })
    .refine((text) => !link.test(text), { error: 'must not hold a link' });
