import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyRing } from './key-ring.ts';
import { createPepper } from './pepper.ts';
import { VaultFault } from './vault-fault.ts';

/** Values for OTP_KEYS and OTP_PEPPER on a developer's machine. */
export interface DevelopmentKeys {
  readonly OTP_KEYS: string;
  readonly OTP_PEPPER: string;
}

/**
 * The keys in `<dir>/dev-keys.json` (mode 0600), made on first use. Never call it in production: lost with the disk, found by anyone on it.
 * Processes that start together agree, because the file appears whole or not at all. Throws `OTP_VAULT_DEV_KEYS`.
 */
export function developmentKeys(dir: string): DevelopmentKeys {
  const file = join(dir, 'dev-keys.json');
  return read(file) ?? create(dir, file);
}

function create(dir: string, file: string): DevelopmentKeys {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const keys = { OTP_KEYS: `1:${randomKey()}`, OTP_PEPPER: randomKey() };
  const draft = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // link, unlike rename, refuses to replace: the first process wins and the others read its file.
    linkSync(draft, file);
    return keys;
  } catch (error) {
    const winner = isCode(error, 'EEXIST') ? read(file) : undefined;
    if (winner === undefined) throw error;
    return winner;
  } finally {
    unlinkSync(draft);
  }
}

function read(file: string): DevelopmentKeys | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const { OTP_KEYS, OTP_PEPPER } = JSON.parse(text) as DevelopmentKeys;
    createKeyRing(OTP_KEYS);
    createPepper(OTP_PEPPER);
    return { OTP_KEYS, OTP_PEPPER };
  } catch {
    throw new VaultFault(
      'OTP_VAULT_DEV_KEYS',
      `Delete ${file}: new keys are made, and what the old ones sealed is lost.`,
    );
  }
}

const randomKey = (): string => randomBytes(32).toString('base64');
const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
