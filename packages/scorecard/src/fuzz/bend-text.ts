import type { Random } from '../random.ts';
import { oddText } from './odd-values.ts';

/** A mail bent line by line: lost, doubled, folded, swollen, with bytes that are no text. */
export function bendMail(mail: string, random: Random): Buffer {
  let lines = mail.split('\r\n');
  for (let bends = random.int(0, 5); bends > 0; bends -= 1) {
    const at = random.int(0, lines.length - 1);
    const line = lines[at] ?? '';
    const replacements: readonly (readonly string[])[] = [
      [],
      [line, line],
      [line.replace(/: .*/, `: ${oddText(random)}`)],
      [line, ` ${oddText(random)}`],
      [line.toUpperCase()],
      [line.replace('edge', 'e"dge;')],
      Array<string>(random() < 0.05 ? 3_000 : 4).fill(`${line}${' '.repeat(random.int(0, 60))}`),
      [oddText(random)],
    ];
    lines = [...lines.slice(0, at), ...random.pick(replacements), ...lines.slice(at + 1)];
  }
  const bytes = Buffer.from(lines.join(random.pick(['\r\n', '\r\n', '\n', '\r'])));
  for (let flips = random() < 0.2 ? random.int(1, 20) : 0; flips > 0 && bytes.length > 0; flips -= 1)
    bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
  return bytes;
}
