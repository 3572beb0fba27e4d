import { expect, it } from '@jest/globals';
import { killWorkers } from './kill-workers.ts';

// How quickly (row 3) is measured on demand: in seconds, on a machine of its own.
it('killed workers lose nothing and send nothing twice', async () => {
  const log = (): void => undefined;
  const figures = await killWorkers.run({ seed: 1, short: true, log, budgetMs: 55_000 });
  expect(figures.map(({ row }) => row)).toEqual([1, 2, 3]);
  for (const figure of figures.slice(0, 2)) expect(figure).toMatchObject({ pass: true });
}, 120_000);
