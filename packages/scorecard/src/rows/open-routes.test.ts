import { describe, expect, it } from '@jest/globals';
import { openRoutes } from './open-routes.ts';

// As happened elsewhere: the board of the queues stood open, with personal data in its jobs.
describe('openRoutes', () => {
  it('passes in its short form', async () => {
    const told: string[] = [];
    const log = (line: string): void => void told.push(line);
    const figures = await openRoutes.run({ seed: 22, short: true, budgetMs: 40_000, log });
    expect({ figures, told }).toMatchObject({ figures: [{ pass: true }] });
  }, 90_000);
});
