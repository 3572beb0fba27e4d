import { OtpClientFault } from '@otp-relay/client';
import { ConfigFault } from '@otp-relay/runtime';
import { isStoreFault } from '@otp-relay/store';
import { VaultFault } from '@otp-relay/vault';
import { CliFault } from './cli-fault.ts';
import type { Paint } from './terminal/paint.ts';

/** What is printed when a command cannot go on: the problem in red, the fix below it. */
export function faultText(fault: unknown, paint: Paint): { readonly text: string; readonly exitCode: 1 | 2 } {
  const { problem, fix, exitCode } = say(fault);
  const text = `${paint('bad', '✗')} ${problem}`;
  return { text: fix === undefined ? text : `${text}\n  ${fix}`, exitCode };
}

function say(fault: unknown): { problem: string; fix?: string; exitCode: 1 | 2 } {
  if (fault instanceof CliFault)
    return { problem: fault.message, ...(fault.fix && { fix: fault.fix }), exitCode: fault.exitCode };
  if (fault instanceof ConfigFault) return { problem: fault.message, exitCode: 1 };
  if (fault instanceof OtpClientFault)
    return { problem: fault.message, exitCode: fault.code === 'OTP_UNAVAILABLE' ? 2 : 1 };
  if (isStoreFault(fault))
    return fault.retryable
      ? {
          problem: 'Postgres does not answer.',
          fix: 'Check DATABASE_URL, and that the server is up: otp doctor',
          exitCode: 2,
        }
      : { problem: fault.message, exitCode: 2 };
  if (fault instanceof VaultFault)
    return {
      problem: fault.message,
      fix: 'Use the same OTP_KEYS and OTP_PEPPER as the API and the worker.',
      exitCode: 2,
    };
  const text = fault instanceof Error ? fault.message : String(fault);
  return { problem: `Something broke: ${text}`, exitCode: 2 };
}
