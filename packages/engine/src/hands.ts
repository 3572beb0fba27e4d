import type { Channel } from '@otp-relay/core';
import type { Traffic } from './traffic.ts';

/**
 * Calls this process makes for verifications it has just accepted itself, without the detour over a send queue (ADR 0012).
 * A hand is only given while nobody waits in the channel's queue, so that nobody is overtaken, and while it is not paused.
 */
export interface Hands {
  /** A hand, as the function that gives it back; undefined when there is none for this channel now. */
  take(channel: Channel): (() => void) | undefined;
}

/** `most` hands per channel; a channel that is absent has none. */
export function createHands(
  most: Partial<Record<Channel, number>>,
  traffic: Pick<Traffic, 'isClear'>,
): Hands {
  const inUse = new Map<Channel, number>();
  return {
    take(channel) {
      const used = inUse.get(channel) ?? 0;
      if (used >= (most[channel] ?? 0) || !traffic.isClear(channel)) return undefined;
      inUse.set(channel, used + 1);
      let given = true;
      return () => {
        if (given) inUse.set(channel, (inUse.get(channel) ?? 1) - 1);
        given = false;
      };
    },
  };
}
