import { describe, expect, it } from '@jest/globals';
import { abuseLimits } from './abuse-rule.ts';
import { type ChecksSeen, judgeChecks } from './judge-checks.ts';

const none = { made: 0, right: 0 };
const usual = { made: 7_000, right: 6_650 };
const saw = (seen: Partial<ChecksSeen>) =>
  judgeChecks({ minute: none, recent: none, usual, ...seen }, abuseLimits);

describe('the wrong checks of a whole tenant', () => {
  it.each<[string, Partial<ChecksSeen>, object | undefined]>([
    ['200 in a minute are nobody’s business', { minute: { made: 900, right: 700 } }, undefined],
    ['201 are, however many are right', { minute: { made: 9_201, right: 9_000 } }, { wrongInMinute: 201 }],
    ['three times the usual share is still usual', { recent: { made: 100, right: 85 } }, undefined],
    ['more is not', { recent: { made: 100, right: 84 } }, { checks: 100, wrong: 0.16, usual: 0.05 }],
    ['few checks tell nothing', { recent: { made: 49, right: 0 } }, undefined],
    [
      'without a week of its own a tenth is usual',
      { recent: { made: 100, right: 70 }, usual: none },
      undefined,
    ],
    [
      'and more than three tenths are not',
      { recent: { made: 100, right: 69 }, usual: { made: 99, right: 0 } },
      { checks: 100, wrong: 0.31, usual: 0.1 },
    ],
    [
      'where nobody ever errs, a slip is no attack',
      { recent: { made: 100, right: 91 }, usual: { made: 7_000, right: 7_000 } },
      undefined,
    ],
    [
      'more right than made (a slot that was cut) is none wrong',
      { recent: { made: 60, right: 70 } },
      undefined,
    ],
  ])('%s', (_, seen, detail) => expect(saw(seen)).toEqual(detail));
});
