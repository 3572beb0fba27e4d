import { describe, expect, it } from '@jest/globals';
import { codeDistribution } from './code-distribution.ts';

describe('codeDistribution', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await codeDistribution.run({ seed: 15, short: true, budgetMs: 30_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }] });
  }, 90_000);
});
