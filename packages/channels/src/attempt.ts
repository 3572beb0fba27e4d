import { verificationIdOf } from '@otp-relay/core';

/** The attempt id in what a provider echoed, or undefined when it is not one of ours. */
export function attemptIdIn(echoed: unknown): string | undefined {
  if (typeof echoed !== 'string' || echoed.length > 64) return undefined;
  const id = echoed.toLowerCase();
  return verificationIdOf(id) === undefined ? undefined : id;
}
