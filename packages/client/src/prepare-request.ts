import {
  type FieldProblem,
  fieldProblems,
  otpJob,
  type VerificationRequestInput,
  verificationRequest,
} from '@otp-relay/contracts';
import { OtpClientFault } from './otp-client-fault.ts';
import { codeShape, type SealCode } from './seal-code.ts';

/** What `send` takes: the contract's request, and a caller's own code in the open, which never leaves in the open. */
export type SendRequest = VerificationRequestInput & { readonly code?: string };

/** Stands in for the sealed code while the rest is checked: nothing is sealed for a request that is wrong. */
const anyJwe = 'e30.AA.AA.AA.AA';

/**
 * Checks a request as the relay would, then seals its code. `tenant` is given for a queue job, where it is part of the payload.
 * Throws `OTP_INVALID_REQUEST` with every field problem at once.
 */
export async function prepareRequest(
  request: SendRequest,
  seal: SealCode,
  tenant?: string,
): Promise<VerificationRequestInput> {
  const { code, ...rest } = request;
  const checked = code === undefined ? rest : { ...rest, sealedCode: rest.sealedCode ?? anyJwe };
  const parsed =
    tenant === undefined
      ? verificationRequest.safeParse(checked)
      : otpJob.safeParse({ v: 1, tenant, ...checked });
  const problems = [...(parsed.success ? [] : fieldProblems(parsed.error)), ...codeProblems(request)];
  if (problems.length > 0)
    throw new OtpClientFault('OTP_INVALID_REQUEST', 'The request has invalid fields.', { problems });
  return code === undefined ? rest : { ...rest, sealedCode: await seal(code) };
}

function codeProblems({ code, sealedCode }: SendRequest): FieldProblem[] {
  if (code === undefined) return [];
  const problems: FieldProblem[] = [];
  if (typeof code !== 'string' || !codeShape.test(code))
    problems.push({ path: 'code', problem: 'must be 4–15 printable ASCII characters without spaces' });
  if (sealedCode !== undefined)
    problems.push({ path: 'code', problem: 'must be absent when sealedCode is given' });
  return problems;
}
