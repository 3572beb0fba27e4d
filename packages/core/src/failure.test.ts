import { describe, expect, it } from '@jest/globals';
import type { FailureKind } from './failure.ts';
import { classOf, explain, failureClasses, failureKinds, moveOf } from './failure.ts';

const kinds = Object.keys(failureKinds) as FailureKind[];

describe('the failure table', () => {
  it('has a move and at least one failure for every class', () => {
    for (const failureClass of failureClasses) {
      expect(moveOf[failureClass]).toBeDefined();
      expect(kinds.some((kind) => classOf({ kind, scope: 'request' }) === failureClass)).toBe(true);
    }
  });

  it.each(kinds)('%s is explained in one sentence', (kind) => {
    expect(explain({ kind, scope: 'request' })).toMatch(/^[A-Z][^.]*\.$/);
  });
});
