import { describe, expect, it } from '@jest/globals';
import { selfTimes } from './self-times.ts';

describe('self times of a profile', () => {
  const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber });

  it('adds up a function wherever it was called from, and leaves idle time out', () => {
    const found = selfTimes({
      nodes: [
        { id: 1, callFrame: frame('(idle)') },
        { id: 2, callFrame: frame('seal', 'file:///x/packages/vault/dist/key-ring.js', 39) },
        { id: 3, callFrame: frame('seal', 'file:///x/packages/vault/dist/key-ring.js', 39) },
        { id: 4, callFrame: frame('', 'file:///x/node_modules/.pnpm/pg@8/node_modules/pg/lib/query.js', 6) },
      ],
      samples: [1, 2, 3, 4],
      timeDeltas: [90_000, 2_000, 1_000, 1_000],
    });
    expect(found).toEqual([
      { where: 'seal packages/vault/dist/key-ring.js:40', ms: 3, share: 0.75 },
      { where: '(anonymous) pg/lib/query.js:7', ms: 1, share: 0.25 },
    ]);
  });
});
