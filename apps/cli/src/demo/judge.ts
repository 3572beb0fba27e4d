import type { Verification } from '@otp-relay/core';
import type { Scenario, Seen } from './scenarios.ts';

export interface Outcome {
  readonly delivery: string;
  readonly attempts: readonly string[];
}

export interface Verdict {
  readonly ok: boolean;
  readonly expected: Outcome;
  readonly seen: Outcome;
  /** What else should have been true and was not. */
  readonly missed: readonly string[];
}

export const outcomeOf = ({ delivery, attempts }: Verification): Outcome => ({
  delivery,
  attempts: attempts.map(({ channel, state }) => `${channel} ${state}`),
});

/** True when the attempts and the delivery are those that were expected. */
export const isAsExpected = (scenario: Scenario, verification: Verification): boolean =>
  outcomeText(outcomeOf(verification)) === outcomeText(scenario);

/** `whatsapp timed_out, sms delivered: delivered` */
export const outcomeText = ({ delivery, attempts }: Outcome): string => `${attempts.join(', ')}: ${delivery}`;

/** Compares what was seen with what a scenario promises. */
export function judge(scenario: Scenario, seen: Seen): Verdict {
  const missed = Object.entries(scenario.also ?? {})
    .filter(([, holds]) => !holds(seen))
    .map(([says]) => says);
  return {
    ok: missed.length === 0 && isAsExpected(scenario, seen.verification),
    expected: { delivery: scenario.delivery, attempts: scenario.attempts },
    seen: outcomeOf(seen.verification),
    missed,
  };
}
