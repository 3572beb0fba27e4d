import { describe, expect, it } from '@jest/globals';
import { simulation } from './simulation.ts';

describe('simulation', () => {
  it('passes in its short form', async () => {
    // Twenty seconds on two idle cores; the budget is for machines that are not.
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await simulation.run({ seed: 8, short: true, budgetMs: 300_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }] });
  }, 330_000);
});
