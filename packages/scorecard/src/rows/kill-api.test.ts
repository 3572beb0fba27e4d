import { expect, it } from '@jest/globals';
import { killApi } from './kill-api.ts';

it('loses nothing and makes nothing twice while the api is killed and Postgres restarted', async () => {
  const log = (): void => undefined;
  const figures = await killApi.run({ seed: 1, short: true, log, budgetMs: 55_000 });
  expect(figures).toHaveLength(3);
  for (const figure of figures) expect(figure).toMatchObject({ row: 6, pass: true });
}, 120_000);
