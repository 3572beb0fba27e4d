import { describe, expect, it } from '@jest/globals';
import type { Rule } from './rules.ts';
import { chapters, laws, replay, rules, wordsOfAttempt, wordsOfEffect } from './rules.ts';

function outcomeOf(rule: Rule) {
  const last = replay(rule).at(-1)!;
  const { verification: v } = last;
  const { entries, deadlineS } = rule.becomes;
  return {
    state: `${v.status} ${v.delivery}`,
    attempts: v.attempts.map(wordsOfAttempt),
    effects: last.effects.map(wordsOfEffect),
    ...(entries && { entries: last.entries.map((entry) => entry.type) }),
    ...(deadlineS !== undefined && { deadlineS: v.deadlineAt === null ? null : v.deadlineAt / 1_000 }),
  };
}

describe('transition', () => {
  describe.each(chapters)('$title', ({ rules: promises }) => {
    it.each(promises)('$name', (rule) => {
      expect(outcomeOf(rule)).toEqual(rule.becomes);
    });
  });

  it('names every promise once', () => {
    expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length);
  });

  it('spells out every law', () => {
    expect(new Set(rules.map(({ rule }) => rule))).toEqual(new Set(Object.keys(laws)));
  });

  it('every moment of a history is in order and means something, unless it is the point of the rule', () => {
    for (const rule of rules) {
      const history = replay(rule).slice(0, rule.when ? -1 : undefined);
      for (const { words, entries } of history) expect([rule.name, words, entries.length]).not.toContain(0);
    }
  });
});
