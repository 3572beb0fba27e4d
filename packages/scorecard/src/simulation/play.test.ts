import { describe, expect, it } from '@jest/globals';
import { seeded } from '../random.ts';
import type { Invariant } from './invariants.ts';
import { invariants } from './invariants.ts';
import { play } from './play.ts';
import { shortestStory } from './play-many.ts';
import { shrink } from './shrink.ts';
import { recording, replaying } from './tape.ts';

const storyOf = async (choices: readonly number[]): Promise<string[]> => {
  const lines: string[] = [];
  await play(replaying(choices), { write: (line) => lines.push(line) });
  return lines;
};

describe('play', () => {
  it('names every invariant once', () => {
    expect(new Set(invariants.map((i) => i.name)).size).toBe(invariants.length);
    expect(invariants.length).toBeGreaterThanOrEqual(11);
  });

  it('tells the same story for the same choices', async () => {
    const tape = recording(seeded(4));
    await play(tape);
    const story = await storyOf(tape.taken);
    expect(story.length).toBeGreaterThan(8);
    expect(await storyOf(tape.taken)).toEqual(story);
  });

  it('is quiet when every choice is: one person, one message, delivered', async () => {
    expect((await storyOf([])).filter((line) => line.includes('#'))).toEqual([
      '0.001 s  #1 pending queued: accepted, attempt_queued 0_1',
      '0.005 s  #1 pending queued → pending sending: attempt_sending 0_1',
      '0.089 s  #1 pending sending → pending awaiting: attempt_accepted 0_1',
      '0.308 s  #1 pending awaiting → pending awaiting: attempt_sent 0_1',
      '0.310 s  #1 pending awaiting → pending delivered: attempt_delivered 0_1, delivered 0_1',
      expect.stringMatching(/^6[01]\.\d+ s {2}#1 pending delivered → expired delivered: expired$/),
    ]);
  });

  it('finds what is broken and tells the shortest story of it', async () => {
    const name = 'no machine ever dies after the grant';
    const rules: readonly Invariant[] = [
      {
        name,
        atEnd: ({ rows }) =>
          ![...rows.values()].some((r) => r.verification.attempts.some((a) => a.state === 'uncertain')),
      },
    ];
    let seed = 1;
    while ((await play(recording(seeded(seed)), { rules })).broken === undefined) seed += 1;
    const lines = await shortestStory({ seed, name }, 10_000, { rules });
    expect(lines.at(-1)).toContain(`BROKEN: ${name}`);
    expect(lines.length).toBeLessThan(25);
  }, 60_000);
});

describe('shrink', () => {
  it('comes down to the choices that matter', async () => {
    const choices = Array.from({ length: 60 }, (_, i) => (i * 7) % 50);
    const fails = async (given: readonly number[]): Promise<boolean> =>
      given.filter((c) => c >= 20).length >= 3;
    expect(await shrink(choices, fails, 5_000)).toEqual([20, 20, 20]);
  });
});
