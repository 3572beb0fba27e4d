/** A promise that rejects after `timeoutMs`, and a way to call it off: what `Promise.race` needs to end in time. */
export function createDeadline(
  timeoutMs: number,
  message: string,
): { expired: Promise<never>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${message} within ${timeoutMs} ms`)), timeoutMs);
  });
  return { expired, clear: () => clearTimeout(timer) };
}
