import type { Drawn } from './drawn.ts';

/** At most `max` within one window; windows follow each other without a gap, the first began with 1970 (UTC). */
export interface AmountWindow {
  readonly name: string;
  readonly withinMs: number;
  readonly max: number;
}

/** Limits of amounts: any number of them costs the same, since only a sum is kept per window. */
export interface AmountRule {
  readonly kind: 'amount';
  readonly amount: number;
  readonly windows: readonly AmountWindow[];
  /** Grants less when less is left, but at least 1, and on top this share (1/n) of what is left after that. */
  readonly onAccount?: { readonly shareOf: number };
}

/** Per window by name: when it began, ms since 1970, and what was taken since. */
export type AmountState = Readonly<Record<string, readonly [beganAt: number, taken: number]>>;

export function drawAmount(state: AmountState, rule: AmountRule, now: number): Drawn<AmountState> {
  const left = Math.min(...rule.windows.map((window) => window.max - takenOf(state, window, now)));
  const spare = rule.onAccount ? Math.floor((left - rule.amount) / rule.onAccount.shareOf) : 0;
  const granted = rule.onAccount ? Math.min(rule.amount + Math.max(0, spare), left) : rule.amount;
  if (granted > left || (rule.onAccount && granted < 1)) return refusalOf(state, rule, now);
  const windows = rule.windows.map((window) => {
    const taken = takenOf(state, window, now) + granted;
    return [window.name, [beganAt(window, now), taken] as const] as const;
  });
  const spentAt = Math.max(...rule.windows.map((window) => beganAt(window, now) + window.withinMs));
  return { ok: true, state: Object.fromEntries(windows), granted, spentAt };
}

export function returnAmount(state: AmountState, rule: AmountRule, at: number, granted: number): AmountState {
  const given = rule.windows.flatMap((window) => {
    const held = state[window.name];
    if (held?.[0] !== beganAt(window, at)) return [];
    return [[window.name, [held[0], Math.max(0, held[1] - granted)] as const] as const];
  });
  return { ...state, ...Object.fromEntries(given) };
}

const beganAt = ({ withinMs }: AmountWindow, now: number): number => Math.floor(now / withinMs) * withinMs;

function takenOf(state: AmountState, window: AmountWindow, now: number): number {
  const held = state[window.name];
  // A window that began later than ours: another process' clock is a little ahead.
  return held && held[0] >= beganAt(window, now) ? held[1] : 0;
}

function refusalOf(state: AmountState, rule: AmountRule, now: number): Drawn<AmountState> {
  const least = rule.onAccount ? 1 : rule.amount;
  const full = rule.windows
    .filter((window) => takenOf(state, window, now) + least > window.max)
    .sort((a, b) => b.withinMs - a.withinMs)[0];
  if (!full) throw new RangeError('no window is full');
  const never = least > full.max;
  return {
    ok: false,
    limit: full.name,
    ...(!never && { retryAfterMs: beganAt(full, now) + full.withinMs - now }),
  };
}
