/** Text as Postgres takes it: no NUL, no half of a surrogate pair. What providers say can hold either. */
export const storable = (text: string): string =>
  /[\0\ud800-\udfff]/.test(text) ? text.replaceAll('\0', '').replace(loneSurrogate, '\ufffd') : text;

/** With the `u` flag a whole pair is one character, so only halves match. */
const loneSurrogate = /\p{Surrogate}/gu;

/** JSON as Postgres takes it, with every string inside made {@link storable}. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  return strange.test(json) ? JSON.stringify(value, (_key, inner: unknown) => storableIn(inner)) : json;
}

const storableIn = (inner: unknown): unknown => (typeof inner === 'string' ? storable(inner) : inner);

/** How `JSON.stringify` writes a NUL or half of a pair; rarely, a text that only looks like it. */
const strange = /\\u(?:0000|d[89a-f])/;
