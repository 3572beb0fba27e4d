import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { draw, giveBack } from './bucket.ts';
import type { HitRule, HitState } from './hits.ts';

const second = 1_000;
const minute = 60 * second;
const recipient: HitRule = {
  kind: 'hits',
  ladder: { coolDownMs: [30, 40, 60, 90, 120].map((s) => s * second), withinMs: 10 * minute },
  windows: [
    { name: 'ten_minutes', withinMs: 10 * minute, max: 5 },
    { name: 'day', withinMs: 1_440 * minute, max: 10 },
  ],
};
const ip = (who: string): HitRule => ({
  kind: 'hits',
  who,
  windows: [
    { name: 'hour', withinMs: 60 * minute, max: 10 },
    { name: 'recipients', withinMs: 60 * minute, max: 5, counts: 'who' },
  ],
});

/** Takes at each instant, s; the instants that were refused, with what was said. */
function play(rule: HitRule, seconds: readonly number[]) {
  let state: HitState = [];
  const refused: { at: number; limit: string; retryAfterMs?: number }[] = [];
  for (const at of seconds) {
    const drawn = draw(state, rule, at * second);
    if (drawn.ok) state = drawn.state as HitState;
    else
      refused.push({
        at,
        limit: drawn.limit,
        ...(drawn.retryAfterMs && { retryAfterMs: drawn.retryAfterMs }),
      });
  }
  return { state, refused };
}

describe('the ladder of a recipient', () => {
  it('pauses 30, 40, 60, 90 s between sends, and says for how long still', () => {
    expect(play(recipient, [0, 30, 70, 130, 220]).refused).toEqual([]);
    expect(play(recipient, [0, 29]).refused).toEqual([{ at: 29, limit: 'cool_down', retryAfterMs: second }]);
    expect(play(recipient, [0, 30, 69]).refused).toEqual([
      { at: 69, limit: 'cool_down', retryAfterMs: second },
    ]);
    expect(play(recipient, [0, 30, 70, 129]).refused).toHaveLength(1);
    expect(play(recipient, [0, 30, 70, 130, 219]).refused).toHaveLength(1);
  });

  it('allows five in ten minutes, and again when the first is ten minutes ago', () => {
    expect(play(recipient, [0, 30, 70, 130, 220, 400]).refused).toEqual([
      { at: 400, limit: 'ten_minutes', retryAfterMs: 200 * second },
    ]);
    expect(play(recipient, [0, 30, 70, 130, 220, 600]).refused).toEqual([]);
  });

  it('climbs no higher while sends are rare', () => {
    expect(play(recipient, [0, 600, 1_200, 1_230]).refused).toEqual([]);
  });

  it('allows ten a day, over any day', () => {
    const rarely = Array.from({ length: 10 }, (_, i) => i * 1_000);
    expect(play(recipient, [...rarely, 20_000]).refused).toEqual([
      { at: 20_000, limit: 'day', retryAfterMs: (86_400 - 20_000) * second },
    ]);
    expect(play(recipient, [...rarely, 86_400]).refused).toEqual([]);
  });

  it('goes on with the last pause when the ladder is at its end', () => {
    const rule: HitRule = {
      ...recipient,
      windows: [],
      ladder: { coolDownMs: [second, 2 * second], withinMs: minute },
    };
    expect(play(rule, [0, 1, 3, 5, 7, 8]).refused).toEqual([
      { at: 8, limit: 'cool_down', retryAfterMs: second },
    ]);
  });

  it('climbs for each purpose on its own where it counts by it, while the windows count all', () => {
    const of = (who: string): HitRule => ({
      ...recipient,
      who,
      ladder: { coolDownMs: [30 * second], withinMs: 10 * minute, counts: 'who' },
    });
    const state: HitState = [[0, 'auth']];
    expect(draw(state, of('auth'), second)).toMatchObject({ ok: false, limit: 'cool_down' });
    expect(draw(state, of('payment'), second).ok).toBe(true);
    const five: HitState = ['a', 'b', 'c', 'd', 'e'].map((who) => [0, who]);
    expect(draw(five, of('payment'), second)).toMatchObject({ ok: false, limit: 'ten_minutes' });
  });

  it('takes what another clock, a little ahead, has written for now', () => {
    expect(draw([[31 * second]], recipient, 30 * second)).toMatchObject({
      ok: false,
      retryAfterMs: 31 * second,
    });
  });
});

describe('the windows of an address', () => {
  it('count who it was for: the same person again is no further one', () => {
    const state: HitState = ['a', 'b', 'c', 'd', 'e'].map((who, i) => [i * second, who]);
    expect(draw(state, ip('a'), 10 * second).ok).toBe(true);
    expect(draw(state, ip('f'), 10 * second)).toEqual({
      ok: false,
      limit: 'recipients',
      retryAfterMs: 60 * minute - 10 * second,
    });
  });

  it('make room when the last hit for somebody is gone', () => {
    const hits = ['a', 'a', 'b', 'c', 'd', 'e'].map((who, i): [number, string] => [i * second, who]);
    const drawn = draw(hits, ip('f'), 60 * minute);
    expect(drawn).toMatchObject({ ok: false, limit: 'recipients', retryAfterMs: second });
    expect(draw(hits, ip('f'), 60 * minute + second).ok).toBe(true);
  });

  it('remember one hit per person where nothing else bounds how many there are', () => {
    const people = (who: string): HitRule => ({ kind: 'hits', who, windows: ip(who).windows.slice(1) });
    let state: HitState = [];
    for (let i = 0; i < 100; i += 1) {
      const drawn = draw(state, people(`${i % 5}`), i);
      if (drawn.ok) state = drawn.state as HitState;
    }
    expect(state).toHaveLength(5);
    expect(draw(state, people('new'), 100)).toMatchObject({ ok: false, retryAfterMs: 60 * minute - 5 });
  });

  it('say the longest wait when several are full', () => {
    const hits = Array.from({ length: 10 }, (_, i): [number, string] => [i * second, `${i % 5}`]);
    expect(draw(hits, ip('new'), 10 * second)).toMatchObject({ limit: 'recipients' });
    expect(draw(hits, ip('1'), 10 * second)).toMatchObject({ limit: 'hour' });
  });
});

describe('limits of hits', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 100 * second }), { minLength: 1, maxLength: 60 });

  it('let nothing pass that a window forbids, and always pass at the instant they name', () => {
    fc.assert(
      fc.property(steps, (gaps) => {
        let state: HitState = [];
        let now = 0;
        const passed: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const drawn = draw(state, recipient, now);
          if (!drawn.ok) {
            expect(draw(state, recipient, now + (drawn.retryAfterMs ?? 0)).ok).toBe(true);
            expect(draw(state, recipient, now + (drawn.retryAfterMs ?? 0) - 1).ok).toBe(false);
            continue;
          }
          state = drawn.state as HitState;
          passed.push(now);
        }
        for (const at of passed)
          for (const { withinMs, max } of recipient.windows)
            expect(passed.filter((other) => other <= at && at - other < withinMs).length).toBeLessThanOrEqual(
              max,
            );
      }),
    );
  });

  it('are as before once a hit is given back', () => {
    fc.assert(
      fc.property(steps, (gaps) => {
        const at = gaps.map((gap, i) => gaps.slice(0, i).reduce((sum, it) => sum + it, gap) / second);
        const { state } = play(recipient, at);
        const now = (state.at(-1)?.[0] ?? 0) + 3_600 * second;
        const drawn = draw(state, recipient, now);
        if (drawn.ok)
          expect(giveBack(drawn.state, recipient, now, 1)).toEqual(
            state.filter(([hit]) => now - hit < 1_440 * minute),
          );
      }),
    );
  });
});
