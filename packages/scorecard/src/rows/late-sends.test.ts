import { describe, expect, it } from '@jest/globals';
import { lateSendsRow } from './late-sends.ts';

describe('lateSendsRow', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await lateSendsRow.run({ seed: 7, short: true, budgetMs: 60_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }] });
  }, 90_000);
});
