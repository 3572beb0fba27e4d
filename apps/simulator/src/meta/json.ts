/** An untrusted JSON object. */
export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Meta takes its enum values in either case. */
export function lower(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
