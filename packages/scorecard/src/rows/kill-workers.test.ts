import { expect, it } from '@jest/globals';
import { killWorkers } from './kill-workers.ts';

it('killed workers lose nothing, send nothing twice, and their jobs are picked up', async () => {
  const log = (): void => undefined;
  const figures = await killWorkers.run({ seed: 1, short: true, log, budgetMs: 55_000 });
  expect(figures.map(({ row }) => row)).toEqual([1, 2, 3]);
  for (const figure of figures) expect(figure).toMatchObject({ pass: true });
}, 120_000);
