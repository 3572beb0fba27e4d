import type { FieldProblem, VerificationRequest } from '@otp-relay/contracts';
import { normalCode, type Secret, type Step } from '@otp-relay/core';
import { generateCode, type IntakeKeys, type IntakeRefusal } from '@otp-relay/vault';
import { codeRules } from './checking/code-rules.ts';
import type { Tenant } from './tenants.ts';

/** The code of a request: a fresh one by the tenant's rules, or the caller's own, opened. */
export async function codeOf(
  request: VerificationRequest,
  tenant: Tenant,
  steps: readonly Step[],
  intakeKeys: IntakeKeys,
  now: number,
): Promise<{ code: Secret } | { problem: FieldProblem }> {
  if (request.sealedCode === undefined)
    return { code: generateCode(codeRules(tenant.config.codes, request, steps)) };
  const opened = await intakeKeys.open(request.sealedCode, { audience: tenant.id, now });
  if (!opened.ok) return { problem: { path: 'sealedCode', problem: refusedSeal[opened.reason] } };
  if (normalCode(opened.code.reveal()).length < 4)
    return { problem: { path: 'sealedCode', problem: refusedSeal.invalid_payload } };
  return { code: opened.code };
}

const refusedSeal: Readonly<Record<IntakeRefusal, string>> = {
  too_large: 'is too long for one code',
  malformed: 'is not a compact JWE',
  unsupported_algorithm: 'must use ECDH-ES and A256GCM',
  unknown_key: 'was sealed to a key that is not (or no longer) in /.well-known/jwks.json',
  undecryptable: 'does not open with the key it names',
  invalid_payload: 'must seal {"code": "…"} with 4–15 printable characters beside dashes',
  wrong_audience: 'was sealed for another tenant',
  expired: 'has expired; seal the code again',
};
