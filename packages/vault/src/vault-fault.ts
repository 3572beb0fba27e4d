/** Every way the vault can break, with a sentence for people. Texts never carry a key, a code or a plaintext. */
export const vaultFaults = {
  OTP_VAULT_KEYS: 'The encryption keys are not usable.',
  OTP_VAULT_PEPPER: 'The pepper is not usable.',
  OTP_VAULT_PLAINTEXT: 'The value to seal is not well-formed text.',
  OTP_VAULT_FORMAT: 'The sealed value has an unknown layout.',
  OTP_VAULT_UNKNOWN_KEY: 'The sealed value needs a key version that is not in the ring.',
  OTP_VAULT_TAMPERED: 'The sealed value was changed, or belongs to something else.',
  OTP_VAULT_CODE_LENGTH: 'A code has 4 to 10 characters.',
  OTP_VAULT_DEV_KEYS: 'The development key file is not usable.',
} as const;
export type VaultFaultCode = keyof typeof vaultFaults;

/** Something in our hands is broken: keys, pepper or sealed bytes. `message` is `<code>: <sentence> <detail>`. */
export class VaultFault extends Error {
  readonly code: VaultFaultCode;

  constructor(code: VaultFaultCode, detail?: string) {
    super(detail === undefined ? `${code}: ${vaultFaults[code]}` : `${code}: ${vaultFaults[code]} ${detail}`);
    this.name = 'VaultFault';
    this.code = code;
  }
}
