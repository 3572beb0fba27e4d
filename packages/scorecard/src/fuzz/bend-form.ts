import type { Random } from '../random.ts';
import { oddText } from './odd-values.ts';

/** A form as name and value pairs, bent in up to four places: dropped, renamed, repeated, swollen. */
export function bendForm(
  form: Readonly<Record<string, string>>,
  random: Random,
): readonly (readonly [string, string])[] {
  let pairs: (readonly [string, string])[] = Object.entries(form);
  for (let bends = random.int(0, 4); bends > 0 && pairs.length > 0; bends -= 1) {
    const at = random.int(0, pairs.length - 1);
    const [name, value] = pairs[at] ?? ['', ''];
    const replacements: readonly (readonly (readonly [string, string])[])[] = [
      [],
      [[oddText(random), value]],
      [[name, oddText(random)]],
      [
        [name, value],
        [name, oddText(random)],
      ],
      [
        [name, value],
        ['__proto__', 'x'],
        ['constructor', 'y'],
        ['', ''],
      ],
      [
        [`${name}[]`, value],
        [`${name}[a][b]`, value],
      ],
      Array.from({ length: random() < 0.02 ? 1_000 : 5 }, (_, n) => [`${name}${n}`, value] as const),
    ];
    pairs = [...pairs.slice(0, at), ...random.pick(replacements), ...pairs.slice(at + 1)];
  }
  return pairs;
}
