import { randomFillSync } from 'node:crypto';
import { Secret } from '@otp-relay/core';
import { createId } from './create-id.ts';
import type { Pepper } from './pepper.ts';

/** `live` keys send for real; `test` keys never reach a provider. */
export const apiKeyModes = ['live', 'test'] as const;
export type ApiKeyMode = (typeof apiKeyModes)[number];

/** A new API key: store `id`, `mode` and `hash`; show `secret` once. */
export interface NewApiKey {
  readonly id: string;
  readonly mode: ApiKeyMode;
  /** `otp_<mode>_<26 characters of id>_<32 random characters>`: 160 bits nobody can guess, so a keyed hash is enough. */
  readonly secret: Secret;
  readonly hash: Buffer;
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const shape = /^otp_(live|test)_([0-9a-hjkmnp-tv-z]{26})_[0-9a-hjkmnp-tv-z]{32}$/;

/** Makes an API key whose id is `key_<ulid>`. */
export function createApiKey(pepper: Pepper, mode: ApiKeyMode): NewApiKey {
  const id = createId('key');
  // 256 is a multiple of 32, so the low five bits of a random byte are unbiased.
  const random = Array.from(randomFillSync(new Uint8Array(32)), (byte) => alphabet[byte & 31]).join('');
  const secret = new Secret(`otp_${mode}_${id.slice(4)}_${random}`);
  return { id, mode, secret, hash: pepper.apiKeyHash(secret) };
}

/** Reads which key a caller claims to hold; undefined when it is not one of ours. The hash must still be compared. */
export function parseApiKey(text: string): { readonly id: string; readonly mode: ApiKeyMode } | undefined {
  const [, word, ulid] = shape.exec(text) ?? [];
  const mode = apiKeyModes.find((it) => it === word);
  return mode && ulid ? { id: `key_${ulid}`, mode } : undefined;
}
