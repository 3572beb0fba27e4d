import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Counts the whole run into `.data/test-tally` (`passed failed skipped`, for CI's closing line) and fails it when a
 * suite reported itself as not run: a green run means that everything ran.
 */
export default class TallyReporter {
  #notRun;
  #tally;
  #complaint;

  constructor({ rootDir }) {
    const folder = join(rootDir, '.data');
    mkdirSync(folder, { recursive: true });
    this.#notRun = join(folder, 'not-run.txt');
    this.#tally = join(folder, 'test-tally');
  }

  onRunStart() {
    for (const left of [this.#notRun, this.#tally]) rmSync(left, { force: true });
  }

  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests } = results;
    const notRun = existsSync(this.#notRun) ? readFileSync(this.#notRun, 'utf8').trim() : '';
    const failed = numFailedTests + numRuntimeErrorTestSuites + (notRun ? notRun.split('\n').length : 0);
    writeFileSync(this.#tally, `${numPassedTests} ${failed} ${numPendingTests}\n`);
    if (!notRun) return;
    process.stderr.write(`\nNot everything ran:\n${notRun}\n`);
    this.#complaint = new Error(notRun);
  }

  getLastError() {
    return this.#complaint;
  }
}
