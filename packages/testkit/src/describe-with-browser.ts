import type * as Jest from '@jest/globals';
import { browserMissing, browserProgram, startBrowser, type TestBrowser } from './browser.ts';
import { reportNotRun } from './not-run.ts';

type JestGlobals = Pick<typeof Jest, 'describe' | 'it' | 'beforeAll' | 'afterAll' | 'afterEach'>;

/**
 * A suite that needs a browser; `browser()` is usable inside hooks and tests, and its pages are closed after each test.
 * Where no Chromium is found, one test by the name of what did not run takes its place: it reports, and fails when `CI` is set.
 */
export function describeWithBrowser(name: string, fn: (browser: () => TestBrowser) => void): void {
  // Not imported: `@jest/globals` throws when the kit is loaded outside jest, by a benchmark for one.
  const { describe, it, beforeAll, afterAll, afterEach } = globalThis as unknown as JestGlobals;

  if (browserProgram() === undefined) {
    it(`DID NOT RUN: ${name} (${browserMissing})`, () => {
      reportNotRun(name, browserMissing);
      if (process.env.CI) throw new Error(`CI must run "${name}", but there is ${browserMissing}`);
    });
    return;
  }

  describe(name, () => {
    let browser: TestBrowser | undefined;
    beforeAll(async () => {
      browser = await startBrowser();
    }, 60_000);
    afterEach(() => browser?.closePages());
    fn(() => {
      if (!browser)
        throw new Error('the browser is there from beforeAll on, not while the suite is being described');
      return browser;
    });
    // Jest runs these in the order they were registered: the suite closes what it opened first.
    afterAll(() => browser?.stop(), 20_000);
  });
}
