import { describe, expect, it } from '@jest/globals';
import { parallelCaps } from './parallel-caps.ts';

describe('parallelCaps', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await parallelCaps.run({ seed: 25, short: true, budgetMs: 30_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }] });
  }, 90_000);
});
