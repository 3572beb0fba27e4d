import type { Drawn } from './drawn.ts';

/** At most `max` hits, or hits for `max` different `who`, within any stretch of time this long. */
export interface HitWindow {
  readonly name: string;
  readonly withinMs: number;
  readonly max: number;
  readonly counts?: 'hits' | 'who';
}

/** Limits of single hits, exact over sliding windows: for small numbers, since every hit is remembered. */
export interface HitRule {
  readonly kind: 'hits';
  /** For whom, where a window counts that. */
  readonly who?: string;
  readonly windows: readonly HitWindow[];
  /** The pause after the first hit of the ladder's window, after the second …, none longer than the window itself; the last one counts for all that follow. */
  readonly ladder?: {
    readonly coolDownMs: readonly number[];
    readonly withinMs: number;
    /** Which hits it climbs by: all, or those for the same `who`. */
    readonly counts?: 'hits' | 'who';
  };
}

/** When it was hit, ms since 1970, oldest first; and for whom. */
export type HitState = readonly (readonly [at: number, who?: string])[];

export function drawHit(state: HitState, rule: HitRule, now: number): Drawn<HitState> {
  const keptMs = keptOf(rule);
  const hits = state.filter(([at]) => now - at < keptMs);
  const refusals = [
    ...rule.windows.map((window) => refusalOf(hits, rule, window, now)),
    pause(hits, rule, now),
  ];
  const worst = refusals
    .filter((refusal) => refusal !== undefined)
    .sort((a, b) => (b.retryAfterMs ?? Infinity) - (a.retryAfterMs ?? Infinity))[0];
  if (worst) return { ok: false, ...worst };
  const hit = rule.who === undefined ? ([now] as const) : ([now, rule.who] as const);
  return { ok: true, state: remembered([...hits, hit], rule), granted: 1, spentAt: now + keptMs };
}

export function returnHit(state: HitState, rule: HitRule, at: number): HitState {
  const index = state.findLastIndex(([hitAt, who]) => hitAt === at && who === rule.who);
  return index < 0 ? state : state.toSpliced(index, 1);
}

/** Where nothing counts single hits nothing bounds their number either: then the last one for everybody is enough. */
const remembered = (hits: HitState, { windows, ladder }: HitRule): HitState =>
  ladder || windows.some((window) => window.counts !== 'who') ? hits : latestPerWho(hits);

/** How long a hit can matter to any part of the rule. */
const keptOf = ({ windows, ladder }: HitRule): number =>
  Math.max(0, ladder?.withinMs ?? 0, ...windows.map((window) => window.withinMs));

type Refusal = { readonly limit: string; readonly retryAfterMs?: number };

function refusalOf(hits: HitState, rule: HitRule, window: HitWindow, now: number): Refusal | undefined {
  const inside = hits.filter(([at]) => now - at < window.withinMs);
  const counted = window.counts === 'who' ? latestPerWho(inside) : inside;
  if (window.counts === 'who' && counted.some(([, who]) => who === rule.who)) return undefined;
  // The one that has to leave the window before there is room.
  const leaving = counted[counted.length - window.max];
  if (counted.length < window.max) return undefined;
  return {
    limit: window.name,
    ...(leaving && { retryAfterMs: Math.max(1, leaving[0] + window.withinMs - now) }),
  };
}

/** Somebody is in the window as long as the last hit for them is. */
function latestPerWho(hits: HitState): HitState {
  const latest = new Map(hits.map((hit) => [hit[1], hit]));
  return [...latest.values()].sort(([a], [b]) => a - b);
}

/** The pause gets shorter when, while one waits, an earlier hit leaves the ladder's window. */
function pause(hits: HitState, { ladder, who }: HitRule, now: number): Refusal | undefined {
  if (!ladder) return undefined;
  const counted = ladder.counts === 'who' ? hits.filter((hit) => hit[1] === who) : hits;
  const climbed = counted.filter(([at]) => now - at < ladder.withinMs);
  const last = climbed.at(-1);
  if (!last) return undefined;
  const endings = climbed.map((_, gone) => {
    const rung = Math.min(climbed.length - gone, ladder.coolDownMs.length) - 1;
    const leftAt = gone === 0 ? 0 : (climbed[gone - 1]?.[0] ?? 0) + ladder.withinMs;
    return Math.max(last[0] + (ladder.coolDownMs[rung] ?? 0), leftAt);
  });
  const leftMs = Math.min(...endings) - now;
  return leftMs > 0 ? { limit: 'cool_down', retryAfterMs: leftMs } : undefined;
}
