import { createCipheriv, createDecipheriv, createHmac, randomFillSync } from 'node:crypto';
import { Secret } from '@otp-relay/core';
import { checkedKey, derivedKey, rootKey } from './root-key.ts';
import { VaultFault } from './vault-fault.ts';

/**
 * Versioned root keys: every version opens, the highest one that is not on standby seals. A key is on standby while it is
 * handed out to all processes: what the first of them sealed with it, the last one could not open yet. Root keys never leave
 * the ring.
 */
export interface KeyRing {
  /** All versions, highest first. */
  readonly versions: readonly number[];
  /** The version that seals. */
  readonly current: number;
  /** Versions that open only, and are to seal later. */
  readonly standby: readonly number[];
  /** AES-256-GCM, bound to `aad` (say, the row it belongs to). Byte input must be UTF-8. Throws `OTP_VAULT_PLAINTEXT`. */
  seal(plain: string | Secret | Uint8Array, aad: string): Buffer;
  /** The inverse of `seal`. Throws `OTP_VAULT_FORMAT`, `OTP_VAULT_UNKNOWN_KEY` or `OTP_VAULT_TAMPERED`. */
  open(sealed: Uint8Array, aad: string): Secret;
  /** The key version a sealed value needs. Throws `OTP_VAULT_FORMAT`. */
  versionOf(sealed: Uint8Array): number;
  /** A 32-byte key for one named use, derived from a version's root. Throws `OTP_VAULT_UNKNOWN_KEY`. */
  derive(version: number, use: string): Buffer;
}

// Layout: format 1 | key version 2 (big-endian) | nonce 12 | tag 16 | ciphertext.
const format = 1;
const headerBytes = 3;
const nonceBytes = 12;
const tagBytes = 16;
const prefixBytes = headerBytes + nonceBytes + tagBytes;
const maxVersion = 0xffff;

/**
 * Opens the ring: `1:<base64 of 32 bytes>,2:…` (OTP_KEYS; `2:…:standby` opens and does not seal) or the keys by version.
 * Throws `OTP_VAULT_KEYS` naming what is wrong and how to make a key.
 */
export function createKeyRing(spec: string | Readonly<Record<number, Uint8Array>>): KeyRing {
  if (spec === null || spec === undefined) throw missingKeys();
  const { roots, standby } =
    typeof spec === 'string' ? parseSpec(spec) : { roots: checkKeys(spec), standby: new Set<number>() };
  const versions = [...roots.keys()].sort((a, b) => b - a);
  const current = versions.find((version) => !standby.has(version));
  if (current === undefined) throw versions.length > 0 ? allOnStandby() : missingKeys();

  const rootOf = (version: number): Buffer => {
    const root = roots.get(version);
    if (root === undefined) throw new VaultFault('OTP_VAULT_UNKNOWN_KEY', `Version ${version}.`);
    return root;
  };
  const sealKeys = new Map(versions.map((version) => [version, derivedKey(rootOf(version), 'seal')]));
  const sealKeyOf = (version: number): Buffer => sealKeys.get(version) ?? rootOf(version);

  const header = Buffer.from([format, current >> 8, current & 0xff]);

  return {
    versions,
    current,
    standby: versions.filter((version) => standby.has(version)),
    versionOf,
    derive: (version, use) => derivedKey(rootOf(version), use),
    seal(plain, aad) {
      const text = textOf(plain);
      const nonce = nextNonce();
      const cipher = createCipheriv('aes-256-gcm', keyFor(sealKeyOf(current), aad), nonce);
      cipher.setAAD(Buffer.concat([header, Buffer.from(aad)]));
      const body = cipher.update(text, 'utf8');
      // GCM is a stream: nothing is left for `final` but the tag.
      cipher.final();
      return Buffer.concat([header, nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, aad) {
      const key = keyFor(sealKeyOf(versionOf(sealed)), aad);
      const nonce = sealed.subarray(headerBytes, headerBytes + nonceBytes);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.concat([sealed.subarray(0, headerBytes), Buffer.from(aad)]));
      decipher.setAuthTag(sealed.subarray(headerBytes + nonceBytes, prefixBytes));
      const body = decipher.update(sealed.subarray(prefixBytes));
      try {
        return new Secret(Buffer.concat([body, decipher.final()]).toString('utf8'));
      } catch {
        throw new VaultFault('OTP_VAULT_TAMPERED');
      }
    },
  };
}

/** Drawn from the system 256 at a time, for one at a time costs as much as sealing; each is handed out once. */
const nextNonce = nonces();

function nonces(): () => Buffer {
  const pool = Buffer.alloc(256 * nonceBytes);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += nonceBytes;
    return Buffer.from(pool.subarray(used - nonceBytes, used));
  };
}

/** One key per thing sealed: random 96-bit nonces are only safe for about 2^32 messages under one key (NIST SP 800-38D §8.3). */
const keyFor = (sealKey: Buffer, aad: string): Buffer => createHmac('sha256', sealKey).update(aad).digest();

function versionOf(sealed: Uint8Array): number {
  const [first, high, low] = sealed;
  if (sealed.length < prefixBytes || first !== format || high === undefined || low === undefined) {
    throw new VaultFault('OTP_VAULT_FORMAT');
  }
  return high * 256 + low;
}

/** Only what UTF-8 carries unchanged may be sealed; a lone surrogate would come back as another character. */
function textOf(plain: string | Secret | Uint8Array): string {
  if (plain instanceof Uint8Array) {
    const text = Buffer.from(plain).toString('utf8');
    if (!Buffer.from(text).equals(plain)) throw new VaultFault('OTP_VAULT_PLAINTEXT');
    return text;
  }
  const text = typeof plain === 'string' ? plain : plain.reveal();
  if (loneSurrogate.test(text)) throw new VaultFault('OTP_VAULT_PLAINTEXT');
  return text;
}

/** With the `u` flag a whole pair is one character, so only halves match. */
const loneSurrogate = /\p{Surrogate}/u;

function parseSpec(spec: string): { roots: Map<number, Buffer>; standby: Set<number> } {
  if (spec.trim() === '') throw missingKeys();
  const roots = new Map<number, Buffer>();
  const standby = new Set<number>();
  for (const entry of spec.split(',')) {
    const [, digits, base64, waits] = /^\s*(\d{1,5}):(.*?)(:standby)?\s*$/s.exec(entry) ?? [];
    if (digits === undefined || base64 === undefined) {
      throw new VaultFault(
        'OTP_VAULT_KEYS',
        'OTP_KEYS must look like 1:<base64 of 32 bytes>,2:<base64 of 32 bytes>',
      );
    }
    const version = checkVersion(Number(digits));
    if (roots.has(version)) throw new VaultFault('OTP_VAULT_KEYS', `OTP_KEYS has version ${version} twice.`);
    roots.set(version, rootKey(`OTP_KEYS version ${version}`, base64, 'OTP_VAULT_KEYS'));
    if (waits !== undefined) standby.add(version);
  }
  return { roots, standby };
}

const checkKeys = (keys: Readonly<Record<number, Uint8Array>>): Map<number, Buffer> =>
  new Map(
    Object.entries(keys).map(([version, bytes]) => [
      checkVersion(Number(version)),
      checkedKey(`OTP_KEYS version ${version}`, bytes, 'OTP_VAULT_KEYS'),
    ]),
  );

function checkVersion(version: number): number {
  if (Number.isInteger(version) && version >= 1 && version <= maxVersion) return version;
  throw new VaultFault('OTP_VAULT_KEYS', `A version in OTP_KEYS is not a number from 1 to ${maxVersion}.`);
}

const allOnStandby = (): VaultFault =>
  new VaultFault('OTP_VAULT_KEYS', 'Every version in OTP_KEYS is on standby: one must be there to seal.');

const missingKeys = (): VaultFault =>
  new VaultFault(
    'OTP_VAULT_KEYS',
    'OTP_KEYS is empty. Set it to 1:<key>; make a key with: openssl rand -base64 32',
  );
