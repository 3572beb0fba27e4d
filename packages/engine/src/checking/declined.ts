import type { Channel, Step } from '@otp-relay/core';
import { addressKindOf } from '@otp-relay/core';
import { isStoreFault, type Store } from '@otp-relay/store';
import { createBatcher } from '../batcher.ts';
import type { Clock } from '../clock.ts';
import type { Recipient } from '../recipient.ts';

/** Channels that recipients said they do not have; what is asked of Postgres is asked seldom, and for many at once. */
export interface Declined {
  /** The recipient of this verification does not want this channel for `forMs`. */
  remember(declined: { tenantId: string; id: string; channel: Channel; forMs: number }): Promise<void>;
  /** The steps without declined channels, when at least one that can reach the recipient is left; else all of them. */
  leaveOut(
    who: { readonly tenantId: string; readonly recipientKey: () => Buffer; readonly recipient: Recipient },
    steps: readonly Step[],
  ): Promise<readonly Step[]>;
}

/** A tenant of which nobody declines anything is asked about again after this, ms. */
const freshMs = 1_000;

export function createDeclined(store: Store['declined'], clock: Pick<Clock, 'now'>): Declined {
  const known = new Map<string, { readonly any: Promise<boolean>; readonly askedAt: number }>();
  const lookUps = createBatcher<{ tenantId: string; recipientKey: Buffer }, readonly Channel[]>({
    max: 500,
    isShared: (fault) => isStoreFault(fault) && fault.retryable,
    run: async (recipients) => ({ results: await store.by(recipients) }),
  });

  function anyOf(tenantId: string): Promise<boolean> {
    const last = known.get(tenantId);
    if (last && clock.now() - last.askedAt < freshMs) return last.any;
    const any = store.any(tenantId);
    known.set(tenantId, { any, askedAt: clock.now() });
    any.catch(() => known.delete(tenantId));
    return any;
  }

  return {
    async remember(declined) {
      await store.put(declined);
      known.delete(declined.tenantId);
    },
    async leaveOut({ tenantId, recipientKey, recipient }, steps) {
      const channels = new Set(steps.map((step) => step.channel));
      if (channels.size < 2 || !(await anyOf(tenantId))) return steps;
      const declined = await lookUps.add({ tenantId, recipientKey: recipientKey() });
      const left = steps.filter((step) => !declined.includes(step.channel));
      return left.some((step) => recipient[addressKindOf(step.channel)] !== undefined) ? left : steps;
    },
  };
}
