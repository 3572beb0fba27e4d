import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

/**
 * Polls `fn` until it gives something other than `undefined`, `null` or `false`, and resolves to that. A throw counts as
 * not yet. Rejects after `timeoutMs` (default 5,000) with the condition's `name` and the last thing seen.
 */
export async function waitFor<T>(
  name: string,
  fn: () => T | Promise<T>,
  { timeoutMs = 5_000, everyMs = 10 }: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const seen = await attempt(fn);
    if (isThere(seen.value)) return seen.value;
    if (Date.now() >= giveUpAt) {
      throw new Error(
        `Waited ${timeoutMs} ms for ${name}; last ${seen.threw ? 'fault' : 'value'}: ${inspect(seen.threw ?? seen.value)}`,
      );
    }
    await delay(everyMs);
  }
}

async function attempt<T>(fn: () => T | Promise<T>): Promise<{ value?: T; threw?: unknown }> {
  try {
    return { value: await fn() };
  } catch (threw) {
    return { threw };
  }
}

const isThere = <T>(value: T | undefined): value is Exclude<T, undefined | null | false> =>
  value !== undefined && value !== null && value !== false;
