import { createHash, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest } from './provider.ts';

/** Largest webhook body read at all: Meta sends up to 3 MB. */
export const maxBodyBytes = 3 * 1024 * 1024;

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

/** Compares in constant time; digests first, so that a different length tells nothing and never throws. */
export const sameSecret = (given: string, expected: string): boolean =>
  expected !== '' && timingSafeEqual(digest(given), digest(expected)) && given.length === expected.length;

/** A header that came exactly once; a repeated one counts as absent. */
export function headerOf(request: WebhookRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** A short key, equal for equal parts. Hashed, because provider ids can hold a phone number (a wamid does). */
export const dedupKeyOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 27);
