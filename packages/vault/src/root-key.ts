import { hkdfSync } from 'node:crypto';
import { VaultFault, type VaultFaultCode } from './vault-fault.ts';

const howTo = 'Make one with: openssl rand -base64 32';

/** Reads one 32-byte root key in base64 (standard or URL alphabet), or refuses it by name: empty, short, long, constant. */
export function rootKey(name: string, base64: string, code: VaultFaultCode): Buffer {
  // A variable that is not set arrives here as undefined, whatever the type says.
  const text = base64?.trim() ?? '';
  if (text === '') throw new VaultFault(code, `${name} is empty. ${howTo}`);
  const bytes = Buffer.from(text, 'base64');
  // Buffer.from skips what it cannot read; a key that does not survive the round trip was mistyped.
  const canonical = bytes.toString('base64').replace(/=+$/, '');
  if (canonical !== text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/')) {
    throw new VaultFault(code, `${name} is not base64. ${howTo}`);
  }
  return checkedKey(name, bytes, code);
}

/** A root key given as bytes: exactly 32, and not one byte repeated. */
export function checkedKey(name: string, bytes: Uint8Array, code: VaultFaultCode): Buffer {
  if (bytes.length !== 32) {
    throw new VaultFault(code, `${name} holds ${bytes.length} bytes instead of 32. ${howTo}`);
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    throw new VaultFault(code, `${name} is one byte repeated, not a random key. ${howTo}`);
  }
  return Buffer.from(bytes);
}

/** A 32-byte key for one use only, so that no two uses ever share a key (HKDF-SHA256, RFC 5869). */
export const derivedKey = (root: Uint8Array, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), `otp-relay/v1/${use}`, 32));
