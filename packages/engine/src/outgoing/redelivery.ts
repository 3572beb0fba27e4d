import { redeliveryDelaysMs } from '@otp-relay/contracts';
import { chance } from '../chance.ts';

/** Up to this share is added, so that what failed together does not come back together. */
const jitter = 0.2;
/** A receiver may ask for more patience, but not for a week. */
const longestAskedMs = 3_600_000;

/** When an event is sent again after `tries` calls; undefined when that was the last one. */
export function redeliveryDelayMs(
  tries: number,
  {
    askedMs = 0,
    random = chance,
  }: { readonly askedMs?: number | undefined; readonly random?: () => number } = {},
): number | undefined {
  const pause = redeliveryDelaysMs[Math.max(0, tries - 1)];
  if (pause === undefined) return undefined;
  return Math.max(Math.round(pause * (1 + random() * jitter)), Math.min(askedMs, longestAskedMs));
}

/** So many calls in a row may fail before a webhook is left alone for a while. */
export const restAfterFailures = 3;
const firstRestMs = 5_000;
const longestRestMs = 5 * 60_000;

/** How long a webhook is left alone after `failures` calls in a row that came to nothing; then one call tries it. */
export const restMs = (failures: number): number =>
  failures < restAfterFailures
    ? 0
    : Math.min(firstRestMs * 2 ** Math.min(failures - restAfterFailures, 16), longestRestMs);

/** A webhook that fails this long is disabled. */
export const failingForMs = 5 * 24 * 3_600_000;
