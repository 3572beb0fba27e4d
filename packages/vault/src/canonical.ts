import { Secret } from '@otp-relay/core';

/** What the canonical encoding can carry; a `Secret` counts as its plain text, an absent property as not there. */
export type Canonical =
  | string
  | number
  | boolean
  | null
  | undefined
  | Secret
  | readonly Canonical[]
  | { readonly [key: string]: Canonical };

/**
 * An injective encoding: two values give the same bytes only when they are equal (property order aside).
 * Every value is one type byte, a 4-byte length or count, then its content; so no two neighbours can trade characters.
 */
export function canonical(value: Canonical): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: Canonical, parts: Buffer[]): void {
  if (value === null || value === undefined) parts.push(head('z', 0));
  else if (value instanceof Secret) writeText('s', value.reveal(), parts);
  else if (typeof value === 'string') writeText('s', value, parts);
  else if (typeof value === 'number') writeText('n', String(value), parts);
  else if (typeof value === 'boolean') writeText('b', String(value), parts);
  else if (isList(value)) {
    parts.push(head('l', value.length));
    for (const item of value) write(item, parts);
  } else {
    const keys = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort();
    parts.push(head('o', keys.length));
    for (const key of keys) {
      writeText('k', key, parts);
      write(value[key], parts);
    }
  }
}

const isList = (value: Canonical): value is readonly Canonical[] => Array.isArray(value);

/** UTF-16, because UTF-8 maps every lone surrogate to one and the same character. */
function writeText(type: string, text: string, parts: Buffer[]): void {
  const bytes = Buffer.from(text, 'utf16le');
  parts.push(head(type, bytes.length), bytes);
}

function head(type: string, count: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.write(type, 'latin1');
  bytes.writeUInt32BE(count, 1);
  return bytes;
}
