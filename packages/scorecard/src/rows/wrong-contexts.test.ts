import { describe, expect, it } from '@jest/globals';
import { wrongContexts } from './wrong-contexts.ts';

describe('wrongContexts', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await wrongContexts.run({ seed: 18, short: true, budgetMs: 60_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }] });
  }, 90_000);
});
