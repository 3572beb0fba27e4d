import { describe, expect, it } from '@jest/globals';
import { parallelGuesses } from './parallel-guesses.ts';

describe('parallelGuesses', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await parallelGuesses.run({ seed: 13, short: true, budgetMs: 30_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }] });
  }, 90_000);
});
