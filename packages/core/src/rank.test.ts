import { describe, expect, it } from '@jest/globals';
import { canFail, reaches } from './rank.ts';
import { attemptStates, successLevels } from './verification.ts';

describe('rank', () => {
  it('reaches what is asked for and everything below', () => {
    const reached = successLevels.map((level) => successLevels.filter((asked) => reaches(level, asked)));
    expect(reached).toEqual([
      ['accepted'],
      ['accepted', 'sent'],
      ['accepted', 'sent', 'delivered'],
      ['accepted', 'sent', 'delivered', 'read'],
    ]);
  });

  it('hears of a failure only where it is news', () => {
    expect(attemptStates.filter(canFail)).toEqual([
      'queued',
      'sending',
      'accepted',
      'sent',
      'timed_out',
      'uncertain',
    ]);
  });
});
