import { describe, expect, it } from '@jest/globals';
import { parallelChecks } from './parallel-checks.ts';

describe('parallelChecks', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await parallelChecks.run({ seed: 13, short: true, budgetMs: 30_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }] });
  }, 90_000);
});
