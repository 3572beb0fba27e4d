const ends = ['SIGTERM', 'SIGHUP'] as const;

/** Aborted by Ctrl-C (`signal`), by SIGTERM, and when the terminal is closed. `release` takes the handlers away. */
export function stopSignal(signal: AbortSignal): { readonly signal: AbortSignal; release(): void } {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const end of ends) process.once(end, stop);
  return {
    signal: AbortSignal.any([signal, stopping.signal]),
    release() {
      for (const end of ends) process.off(end, stop);
    },
  };
}
