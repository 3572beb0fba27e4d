import { describe, expect, it } from '@jest/globals';
import { wrappersAbove } from './wrapper-watch.ts';

/** Parents of each other, the nearest first: 10, 11, … */
const above = (...lines: readonly string[]): number[] =>
  wrappersAbove(
    10,
    (pid) => lines[pid - 10],
    (pid) => pid + 1,
  );

describe('wrappersAbove', () => {
  it.each([
    [
      ['sh -c', 'pnpm demo', 'sh -c', 'npm exec pnpm@12 demo', '-bash', 'sshd'],
      [10, 11, 12, 13],
    ],
    [
      ['sh -c', 'node /opt/pnpm/bin/pnpm.cjs', '/bin/bash -c'],
      [10, 11],
    ],
    [
      ['sh -c', '/usr/bin/node /usr/lib/node_modules/npm/bin/npm-cli.js', 'bash ci.sh'],
      [10, 11],
    ],
    [['/bin/bash -c', '/usr/bin/python3 run.py'], []],
    [['-bash', 'npm start'], []],
    [[], []],
  ])('%j', (lines, pids) => expect(above(...lines)).toEqual(pids));
});
