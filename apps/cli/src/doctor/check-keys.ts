import { createKeyRing, createPepper } from '@otp-relay/vault';
import type { CliConfig } from '../config.ts';
import { type Finding, ok, warn } from './finding.ts';

/** Whether codes and credentials can be sealed and opened. The config schema has refused what is malformed. */
export function checkKeys(config: CliConfig): Finding[] {
  if (config.OTP_KEYS === undefined || config.OTP_PEPPER === undefined)
    return [
      warn(
        'keys',
        `OTP_KEYS or OTP_PEPPER is not set: keys made up under ${config.OTP_DATA_DIR} are used (development only)`,
        'Set both before production; make each key with: openssl rand -base64 32',
      ),
    ];
  createPepper(config.OTP_PEPPER);
  const { versions, current, standby } = createKeyRing(config.OTP_KEYS);
  const waiting = standby.length > 0 ? `, ${standby.join(', ')} on standby` : '';
  return [ok('keys', `version ${current} seals, ${versions.length} in the ring${waiting}`)];
}
