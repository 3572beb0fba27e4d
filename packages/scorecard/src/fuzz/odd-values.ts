import type { Random } from '../random.ts';

/** Texts that have broken parsers, databases and logs. */
const texts: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '\u202e\ufeff',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  "'; drop table otp.attempts; --",
  '%00%ff%zz',
  '-1',
  '1e999',
  'NaN',
  '٣',
  'true',
  '𝟙',
  'İ',
];

/** Text of any kind; now and then very long. */
export const oddText = (random: Random): string =>
  random() < 0.03
    ? random.pick(['a', '\ud83d\ude00', '"', '\\', '%']).repeat(random.int(1_000, 60_000))
    : random.pick(texts);

/** JSON's other types where one was expected. */
export function oddValue(random: Random): unknown {
  switch (random.int(0, 8)) {
    case 0:
      return null;
    case 1:
      return random.pick([0, -1, 1.5, 1e308, 2 ** 53 + 1, -0, 1e-320]);
    case 2:
      return random() < 0.5;
    case 3:
      return [];
    case 4:
      return {};
    case 5:
      return [oddText(random), null, 7];
    case 6:
      return { toString: 1, valueOf: null, length: -1 };
    case 7:
      return nested(random.int(2, 40));
    default:
      return oddText(random);
  }
}

const nested = (depth: number): unknown =>
  depth === 0 ? 'deep' : depth % 2 ? [nested(depth - 1)] : { a: nested(depth - 1) };
