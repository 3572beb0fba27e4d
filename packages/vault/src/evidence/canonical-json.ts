/** What signed JSON may hold: whole numbers only, so that no two programs write one value differently. */
export type CanonicalJson =
  | string
  | number
  | boolean
  | null
  | readonly CanonicalJson[]
  | { readonly [key: string]: CanonicalJson };

/** Made of braces, in whichever realm: nothing stands above its prototype. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const loneSurrogate = /\p{Cs}/u;

/**
 * The one way to write a value (JSON Canonicalization Scheme, RFC 8785): no spaces, keys in the order of their UTF-16 units.
 * Throws `TypeError` for what it cannot carry: fractions, numbers beyond 2^53, lone surrogates, undefined.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && !loneSurrogate.test(value)) return JSON.stringify(value);
  if (Number.isSafeInteger(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && isPlain(value))
    return `{${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${canonicalJson(key)}:${canonicalJson(item)}`)
      .join(',')}}`;
  throw new TypeError('this value has no canonical form');
}
