import { describe, expect, it } from '@jest/globals';
import { disguisesOf, foundIn } from './disguises.ts';

const secret = 'ZQ7X-KV9J';
const disguises = disguisesOf(secret);
const inside = (text: string): string => `{"a":"${text}","b":1}`;
const escaped = [...secret].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('');

describe('disguisesOf', () => {
  it.each([
    ['as it is', Buffer.from(inside(secret))],
    ['without its dash', Buffer.from(inside('ZQ7XKV9J'))],
    ['in lower case', Buffer.from(inside('zq7xkv9j'))],
    ['backwards', Buffer.from(inside('J9VK-X7QZ'))],
    ['in hex', Buffer.from(Buffer.from(inside(secret)).toString('hex'))],
    ['in base64', Buffer.from(Buffer.from(inside(secret)).toString('base64'))],
    ['in base64, one later', Buffer.from(Buffer.from(` ${inside(secret)}`).toString('base64'))],
    ['in base64, two later', Buffer.from(Buffer.from(`  ${inside(secret)}`).toString('base64url'))],
    ['in UTF-16', Buffer.from(inside(secret), 'utf16le')],
    ['in a URL', Buffer.from(`?c=${[...secret].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}`)],
    ['in escapes', Buffer.from(inside(escaped))],
    ['in escapes of escapes', Buffer.from(JSON.stringify(inside(escaped)))],
    ['as bytes', Buffer.from(JSON.stringify(Buffer.from(secret)))],
    ['spoken', Buffer.from([...secret].join(', '))],
  ])('is found %s', (_how, bytes) => expect(foundIn(bytes, disguises)).not.toEqual([]));

  it('is not found where it is not', () => {
    expect(foundIn(Buffer.from(inside('ZQ7X-KV9K')), disguises)).toEqual([]);
    expect(foundIn(Buffer.alloc(0), disguises)).toEqual([]);
    for (const { bytes } of disguises) expect(bytes.length).toBeGreaterThan(6);
  });
});
