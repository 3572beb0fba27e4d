import { describe, expect, it } from '@jest/globals';
import { hiddenCodes } from './hidden-codes.ts';

describe('hiddenCodes', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await hiddenCodes.run({ seed: 17, short: true, budgetMs: 60_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true, detail: expect.any(String) }] });
  }, 90_000);
});
