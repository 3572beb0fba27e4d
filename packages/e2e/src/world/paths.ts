import { fileURLToPath } from 'node:url';

/** An app's built entry, found from here so that tests run from any folder. */
export const appEntry = (app: 'api' | 'worker' | 'simulator' | 'cli'): string =>
  fileURLToPath(new URL(`../../../../apps/${app}/dist/main.js`, import.meta.url));

/**
 * How the image starts its processes (infra/docker/Dockerfile). What one OTP needs lives until its provider has answered; a
 * young generation that is too small for that copies it twice and then keeps it for long. Halves the time spent on garbage
 * collection under load, for about 60 MB. With one that large, V8 collects the old generation whenever it has grown by 8 MB,
 * every 2 s at 200 OTPs per second, and everybody waits 50 ms for it; it may grow by its own size instead (docs/benchmarks.md).
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=64', '--heap-growing-percent=100'];
