import type { AbuseLimits } from './abuse-rule.ts';
import type { AbuseReason } from './judge.ts';

/** Checks of a tenant in a stretch of time, and how many of them approved something. */
export interface Checks {
  readonly made: number;
  readonly right: number;
}

/** A tenant's checks: the last minute, the last ten minutes, and the seven days before today. */
export interface ChecksSeen {
  readonly minute: Checks;
  readonly recent: Checks;
  readonly usual: Checks;
}

/** Fewer tell nothing: three people who mistype are no attack. */
const enoughChecks = 50;
const enoughForUsual = 100;
/** Without a week of its own a tenant is taken to have people as all others do. */
const presumedWrong = 0.1;
/** People who hardly ever err would make every slip three times the usual. */
const leastWrong = 0.03;

/**
 * Whether somebody guesses at a tenant's codes, a few tries each at many verifications: no counter of one recipient sees
 * that. Pure; undefined when nothing is unusual.
 */
export function judgeChecks(
  { minute, recent, usual }: ChecksSeen,
  limits: Pick<AbuseLimits, 'wrongChecksPerMinute' | 'wrongChecksTimes'>,
): AbuseReason['detail'] | undefined {
  const inMinute = minute.made - minute.right;
  if (inMinute > limits.wrongChecksPerMinute) return { wrongInMinute: inMinute };
  if (recent.made < enoughChecks) return undefined;
  const expected = usual.made < enoughForUsual ? presumedWrong : Math.max(wrongOf(usual), leastWrong);
  const wrong = wrongOf(recent);
  return wrong > limits.wrongChecksTimes * expected
    ? { checks: recent.made, wrong: rounded(wrong), usual: rounded(expected) }
    : undefined;
}

const wrongOf = ({ made, right }: Checks): number => (made === 0 ? 0 : Math.max(made - right, 0) / made);

const rounded = (share: number): number => Math.round(share * 1_000) / 1_000;
