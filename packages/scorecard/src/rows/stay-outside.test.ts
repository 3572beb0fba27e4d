import { describe, expect, it } from '@jest/globals';
import { stayOutside } from './stay-outside.ts';

describe('stayOutside', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await stayOutside.run({ seed: 23, short: true, budgetMs: 60_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }, { pass: true }] });
  }, 90_000);
});
