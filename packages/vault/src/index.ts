export { type ApiKeyMode, apiKeyModes, createApiKey, type NewApiKey, parseApiKey } from './api-key.ts';
export type { Canonical } from './canonical.ts';
export { createId, idSource } from './create-id.ts';
export { type DevelopmentKeys, developmentKeys } from './development-keys.ts';
export { type CanonicalJson, canonicalJson } from './evidence/canonical-json.ts';
export { type EvidenceJwk, type EvidenceKeys, evidenceJwk, evidenceKeys } from './evidence/evidence-keys.ts';
export { type SignedEvidence, signEvidence } from './evidence/sign-evidence.ts';
export {
  type EvidenceFlaw,
  type EvidenceToVerify,
  evidenceFlaws,
  verifyEvidence,
} from './evidence/verify-evidence.ts';
export { type CodeAlphabet, codeAlphabets, generateCode } from './generate-code.ts';
export {
  type IntakeKeys,
  type IntakeOpened,
  type IntakeRefusal,
  intakeKeys,
  intakeRefusals,
} from './intake-keys.ts';
export { createKeyRing, type KeyRing } from './key-ring.ts';
export { type CodeBinding, createPepper, type Pepper, sameMac } from './pepper.ts';
export { VaultFault, type VaultFaultCode, vaultFaults } from './vault-fault.ts';
export { createWebhookSecret, type SignedCall, signWebhook } from './webhook-secret.ts';
