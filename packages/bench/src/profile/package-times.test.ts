import { describe, expect, it } from '@jest/globals';
import { packageTimes } from './package-times.ts';

describe('times by package', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 });

  it('counts what Node does for a package as that package', () => {
    const found = packageTimes({
      nodes: [
        { id: 1, callFrame: frame('(root)'), children: [2, 5, 6] },
        { id: 2, callFrame: frame('seal', 'file:///x/packages/vault/dist/key-ring.js'), children: [3] },
        { id: 3, callFrame: frame('update', 'node:internal/crypto/cipher'), children: [4] },
        { id: 4, callFrame: frame('final') },
        {
          id: 5,
          callFrame: frame('query', 'file:///x/node_modules/.pnpm/pg@8/node_modules/pg/lib/client.js'),
        },
        { id: 6, callFrame: frame('(idle)') },
      ],
      samples: [2, 4, 5, 6],
      timeDeltas: [1_000, 2_000, 1_000, 50_000],
    });
    expect(found).toEqual([
      { where: 'packages/vault', ms: 3, share: 0.75 },
      { where: 'pg', ms: 1, share: 0.25 },
    ]);
  });
});
