import { fileURLToPath } from 'node:url';

/** An app's built entry, found from here so that tests run from any folder. */
export const appEntry = (app: 'api' | 'worker' | 'simulator' | 'cli'): string =>
  fileURLToPath(new URL(`../../../../apps/${app}/dist/main.js`, import.meta.url));
