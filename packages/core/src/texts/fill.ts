/** Control characters, line breaks, zero-width and bidirectional marks: in a name they only serve to forge a line or hide a word. */
const unprintable = /[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/gu;

/** A value someone else chose, as one printable line of at most `max` characters. */
export function oneLine(value: string, max: number): string {
  const line = value.replace(unprintable, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= max
    ? line
    : `${characters
        .slice(0, max - 3)
        .join('')
        .trimEnd()}...`;
}

/** Puts values into `{name}` places in one pass, so a value that looks like a place stays text. */
export const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
