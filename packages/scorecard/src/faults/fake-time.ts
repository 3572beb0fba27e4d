import { existsSync } from 'node:fs';

/** Where Debian's package `faketime` puts its library. */
const libraries = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`,
);

/**
 * The environment of a process whose machine's clock is wrong by `offMs`; its timers are not concerned. Undefined where
 * faketime is not installed.
 */
export function fakeTime(offMs: number): Record<string, string> | undefined {
  const library = libraries.find((file) => existsSync(file));
  if (library === undefined) return undefined;
  const seconds = offMs / 1_000;
  return {
    LD_PRELOAD: library,
    FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
