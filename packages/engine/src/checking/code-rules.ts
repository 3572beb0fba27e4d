import { maxLifeMs, minLifeMs, type TenantConfig } from '@otp-relay/contracts';
import type { Purpose, Step } from '@otp-relay/core';

/** How the code of one verification looks, how long it lives (ms), how often it may be guessed at. */
export interface CodeRules {
  readonly length: number;
  readonly alphabet: TenantConfig['codes']['alphabet'];
  readonly lifeMs: number;
  readonly maxChecks: number;
}

/** A mail may lie for a day; a phone that shows a code is looked at at once. */
const longestOnPhonesMs = 3_600_000;

/**
 * The tenant's rules for a purpose, with what the request asks for: the life is kept between the least and the most its
 * purpose allows, and within an hour unless every step is e-mail.
 */
export function codeRules(
  codes: TenantConfig['codes'],
  request: {
    readonly purpose: Purpose;
    readonly lifeMs?: number | undefined;
    readonly codeLength?: number | undefined;
  },
  steps: readonly Pick<Step, 'channel'>[],
): CodeRules {
  const own = codes.purposes[request.purpose];
  const byMail = steps.every((step) => step.channel === 'email');
  const longest = Math.min(maxLifeMs[request.purpose], byMail ? Number.POSITIVE_INFINITY : longestOnPhonesMs);
  return {
    length: request.codeLength ?? own?.length ?? codes.length,
    alphabet: own?.alphabet ?? codes.alphabet,
    lifeMs: Math.min(Math.max(request.lifeMs ?? own?.lifeMs ?? codes.lifeMs, minLifeMs), longest),
    maxChecks: own?.maxChecks ?? codes.maxChecks,
  };
}
