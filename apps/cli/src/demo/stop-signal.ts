import { watchWrappers } from './wrapper-watch.ts';

const ends = ['SIGTERM', 'SIGHUP'] as const;

/** Aborted by Ctrl-C (`signal`), by SIGTERM, when the terminal is closed, and when the npx or pnpm above is gone. */
export function stopSignal(signal: AbortSignal): { readonly signal: AbortSignal; release(): void } {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const end of ends) process.once(end, stop);
  const unwatch = watchWrappers(stop);
  return {
    signal: AbortSignal.any([signal, stopping.signal]),
    release() {
      unwatch();
      for (const end of ends) process.off(end, stop);
    },
  };
}
