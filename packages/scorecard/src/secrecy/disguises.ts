/** A form a text may hide in, as bytes to look for. */
export interface Disguise {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Every form a code could take on its way through programs: encodings, escapes, other cases, backwards. Base64 in all
 * three alignments, since what stands before it in the same text shifts it.
 */
export function disguisesOf(secret: string): readonly Disguise[] {
  const forms: Disguise[] = [];
  const add = (name: string, text: string | Buffer): void =>
    void forms.push({ name, bytes: Buffer.isBuffer(text) ? text : Buffer.from(text, 'latin1') });
  const characters = [...secret];
  const each = (write: (code: number) => string): string =>
    characters.map((c) => write(c.charCodeAt(0))).join('');
  const bare = secret.replace(/[^A-Za-z0-9]/g, '');
  const texts = new Set([
    secret,
    bare,
    secret.toLowerCase(),
    bare.toLowerCase(),
    [...secret].reverse().join(''),
  ]);
  for (const text of texts) {
    add('plain', text);
    add('hex', Buffer.from(text).toString('hex'));
    add('HEX', Buffer.from(text).toString('hex').toUpperCase());
    add('UTF-16LE', Buffer.from(text, 'utf16le'));
    add('UTF-16BE', Buffer.from(text, 'utf16le').swap16());
    for (const [name, inner] of base64Of(text)) add(name, inner);
  }
  add('url', encodeURIComponent(secret));
  add(
    'url, every byte',
    each((c) => `%${hex(c, 2).toUpperCase()}`),
  );
  add(
    'url, every byte, lower case',
    each((c) => `%${hex(c, 2)}`),
  );
  add(
    'JSON',
    each((c) => `\\u${hex(c, 4)}`),
  );
  add(
    'JSON, upper case',
    each((c) => `\\u${hex(c, 4).toUpperCase()}`),
  );
  add(
    'JSON in JSON',
    each((c) => `\\\\u${hex(c, 4)}`),
  );
  add(
    'HTML, hexadecimal',
    each((c) => `&#x${hex(c, 2)};`),
  );
  add(
    'HTML, decimal',
    each((c) => `&#${c};`),
  );
  add(
    'quoted-printable',
    each((c) => `=${hex(c, 2).toUpperCase()}`),
  );
  add('bytes of a list', characters.map((c) => c.charCodeAt(0)).join(','));
  add('spelled', characters.join(' '));
  add('spelled, with commas', characters.join(', '));
  return forms;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/** The part of the base64 that depends on the text alone, for each place it may begin at within three bytes. */
function base64Of(text: string): readonly (readonly [name: string, inner: string])[] {
  return [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.from(`${'\0'.repeat(shift)}${text}`)
      .toString('base64')
      .replace(/=+$/, '');
    const from = Math.ceil((shift * 8) / 6);
    const inner = whole.slice(from, Math.floor(((shift + text.length) * 8) / 6));
    const url = inner.replaceAll('+', '-').replaceAll('/', '_');
    const name = `base64, shifted by ${shift}`;
    return url === inner
      ? [[name, inner] as const]
      : [[name, inner] as const, [`${name}, url`, url] as const];
  });
}

/** The names of the disguises under which a secret stands in the bytes. */
export const foundIn = (bytes: Buffer, disguises: readonly Disguise[]): readonly string[] =>
  disguises.filter((disguise) => bytes.includes(disguise.bytes)).map(({ name }) => name);
