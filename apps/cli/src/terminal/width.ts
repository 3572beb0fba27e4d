// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour
const ansi = /\u001b\[[0-9;]*m/g;
/** What takes two columns: CJK, Hangul, full-width forms and emoji; names and brands may hold any of them. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const none = /\p{Mn}|\p{Me}|\u200d/u;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const control = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** A stranger's text (a provider's code, a name) with everything taken out that a terminal would obey. */
export const printable = (text: string): string => text.replace(control, '\ufffd');

const columnsOf = (character: string): number => (none.test(character) ? 0 : wide.test(character) ? 2 : 1);

/** How many columns a text takes on a terminal; colours take none. */
export const width = (text: string): number =>
  [...text.replace(ansi, '')].reduce((sum, character) => sum + columnsOf(character), 0);

/** Cuts an uncoloured text to `columns`, with an ellipsis in the last one. */
export function clip(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let left = columns - 1;
  let kept = '';
  for (const character of text) {
    left -= columnsOf(character);
    if (left < 0) break;
    kept += character;
  }
  return columns < 1 ? '' : `${kept}…`;
}

export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - width(text)));
export const padStart = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - width(text))) + text;

/** Breaks a text at spaces into lines of at most `columns`; a longer word stays whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && width(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
