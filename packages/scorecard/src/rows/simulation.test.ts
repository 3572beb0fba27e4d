import { describe, expect, it } from '@jest/globals';
import { simulation } from './simulation.ts';

describe('simulation', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await simulation.run({ seed: 8, short: true, budgetMs: 100_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }] });
  }, 120_000);
});
