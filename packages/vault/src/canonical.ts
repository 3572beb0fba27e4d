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
  const end = write(value, 0);
  const bytes = Buffer.from(scratch.subarray(0, end));
  // What it held may be a code.
  scratch.fill(0, 0, end);
  return bytes;
}

/** One buffer for all, since a buffer per part costs more than the hash it is for. Nothing awaits while it is in use. */
let scratch = Buffer.alloc(1_024);

function roomFor(more: number, at: number): void {
  if (at + more <= scratch.length) return;
  const larger = Buffer.alloc(2 * (at + more));
  scratch.copy(larger, 0, 0, at);
  scratch.fill(0);
  scratch = larger;
}

/** Writes a value from `at` on and returns where it ends. */
function write(value: Canonical, at: number): number {
  if (value === null || value === undefined) return head('z', 0, at);
  if (value instanceof Secret) return writeText('s', value.reveal(), at);
  if (typeof value === 'string') return writeText('s', value, at);
  if (typeof value === 'number') return writeText('n', String(value), at);
  if (typeof value === 'boolean') return writeText('b', String(value), at);
  if (isList(value))
    return value.reduce<number>((end, item) => write(item, end), head('l', value.length, at));
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return keys.reduce((end, key) => write(value[key], writeText('k', key, end)), head('o', keys.length, at));
}

const isList = (value: Canonical): value is readonly Canonical[] => Array.isArray(value);

/** UTF-16, because UTF-8 maps every lone surrogate to one and the same character. */
function writeText(type: string, text: string, at: number): number {
  const start = head(type, text.length * 2, at);
  roomFor(text.length * 2, start);
  return start + scratch.write(text, start, 'utf16le');
}

function head(type: string, count: number, at: number): number {
  roomFor(5, at);
  scratch[at] = type.charCodeAt(0);
  return scratch.writeUInt32BE(count, at + 1);
}
