import { createKeyRing } from '@otp-relay/vault';

/** The value OTP_KEYS has next, and which step of a rotation that is. */
export type NextKeys =
  | { readonly kind: 'next'; readonly step: 1 | 2 | 3; readonly value: string }
  /** Values of older keys are left: they have to be sealed anew before anything is dropped. */
  | { readonly kind: 'reseal_first'; readonly count: number };

const standby = ':standby';

/**
 * A rotation in three values, each safe beside the one before it, so that processes can be restarted one by one: the new key
 * opens everywhere (1) before it seals anywhere (2), and the old ones go (3) once nothing is sealed with them. `sealed` says how
 * many values each version has sealed. Throws `VaultFault` for a value that is no ring.
 */
export function nextKeys(
  value: string,
  sealed: ReadonlyMap<number, number>,
  randomKey: () => string,
): NextKeys {
  const { versions, standby: waiting, current } = createKeyRing(value);
  const entries = value.split(',').map((entry) => entry.trim());
  if (waiting.length > 0)
    return {
      kind: 'next',
      step: 2,
      value: entries
        .map((entry) => (entry.endsWith(standby) ? entry.slice(0, -standby.length) : entry))
        .join(','),
    };
  if (versions.length === 1) {
    const newest = (versions[0] ?? 0) + 1;
    return { kind: 'next', step: 1, value: [...entries, `${newest}:${randomKey()}${standby}`].join(',') };
  }
  const older = versions.filter((version) => version !== current);
  const count = older.reduce((total, version) => total + (sealed.get(version) ?? 0), 0);
  if (count > 0) return { kind: 'reseal_first', count };
  return {
    kind: 'next',
    step: 3,
    value: entries.filter((entry) => entry.startsWith(`${current}:`)).join(','),
  };
}
