import { isNativeError } from 'node:util/types';

const maxMessage = 300;
const maxFrames = 8;

/** What a log line keeps of an error. Everything else on it (request, response, details) may hold a payload and is dropped. */
export interface ShortError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** The first {@link maxMessage} characters, on one line. */
export const clip = (text: string): string =>
  (text.length > maxMessage ? `${text.slice(0, maxMessage)}…` : text).replaceAll('\n', ' ');

export const isError = (value: unknown): value is Error => value instanceof Error || isNativeError(value);

/** An error without its payload: type, clipped message, code, a few frames and up to three causes; any other value as it is. */
export function shortError(value: unknown, depth = 0): unknown {
  if (!isError(value)) return value;
  const { code } = value as { code?: unknown };
  const inner = 'errors' in value && Array.isArray(value.errors) ? value.errors.slice(0, 3) : [];
  const short: ShortError = {
    type: value.name,
    message: clip(value.message),
    ...(isCode(code) ? { code } : {}),
    ...(depth === 0 ? { stack: framesOf(value) } : {}),
    ...(isError(value.cause) && depth < 3 ? { cause: shortError(value.cause, depth + 1) } : {}),
    ...(inner.length > 0 && depth < 3 ? { errors: inner.map((it) => shortError(it, depth + 1)) } : {}),
  };
  return short;
}

/** `ECONNREFUSED`, `OTP_CONFIG`, `21211`: a name for the error, never something a person typed. */
const isCode = (code: unknown): code is string | number =>
  typeof code === 'string' ? /^[A-Z][A-Z0-9_]{1,59}$/.test(code) : typeof code === 'number' && code < 100_000;

/** The stack repeats the message first, so only its frames are kept. */
const framesOf = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, maxFrames)
    .map((line) => line.trim())
    .join('\n');
