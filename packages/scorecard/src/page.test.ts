import { describe, expect, it } from '@jest/globals';
import { page } from './page.ts';
import { rows } from './rows.ts';
import { targets } from './targets.ts';

describe('page', () => {
  it('says "not run" where nothing was measured, and never a pass', () => {
    const text = page(targets, []);
    expect(text.match(/not run/g)?.length).toBeGreaterThanOrEqual(targets.length);
    expect(text).not.toContain('| pass |');
  });

  it('shows what was measured, and a failure loudly', () => {
    const text = page(targets.slice(0, 1), [
      {
        row: 1,
        figure: 'lost | gone',
        value: 3,
        target: '0',
        pass: false,
        detail: 'three of ten',
        form: 'full',
        seed: 42,
        seconds: 9,
        at: '2026-01-02T03:04:05.000Z',
        commit: 'abc1234',
        machine: 'two cores',
      },
    ]);
    expect(text).toContain(
      '| 1 | lost \\| gone | 3 | 0 | **FAIL** | full | 42 | 9 s | 2026-01-02 | abc1234 |',
    );
    expect(text).toContain('- **1** three of ten');
  });
});

describe('the table of rows', () => {
  it('numbers the promises 1 to 28, and every program measures some of them, none twice', () => {
    expect(targets.map((t) => t.row)).toEqual(Array.from({ length: 28 }, (_, i) => i + 1));
    const measured = rows.flatMap((row) => row.rows);
    expect(new Set(measured).size).toBe(measured.length);
    for (const row of measured) expect(targets.map((t) => t.row)).toContain(row);
  });
});
