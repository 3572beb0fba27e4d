import { randomUUID } from 'node:crypto';
import { transition } from '@otp-relay/core';
import type { NewVerification } from '@otp-relay/store';
import type { Doing } from './effects.ts';
import type { Hands } from './hands.ts';
import type { Granted, Opened } from './perform.ts';

/** A verification to insert, and what is to be done once it is. */
export interface Insert {
  readonly row: NewVerification;
  readonly doing: Doing;
  /** Its first attempt is granted to this process in the same commit, which has a hand free for it. */
  readonly mine?: Mine;
}

export interface Mine {
  readonly granted: Granted;
  /** Gives the hand back. */
  readonly release: () => void;
}

/** Grants the first attempt to this process when it has a hand for it: one commit and one queue less on the way. */
export function takeOn(insert: Insert, opened: Opened, hands: Hands, now: number): Insert {
  const { row, doing } = insert;
  const ring = doing.effects.find((effect) => effect.type === 'enqueue');
  const release = ring && ring.delayMs === 0 ? hands.take(ring.channel) : undefined;
  if (!ring || !release) return insert;

  const claim = randomUUID();
  const event = { type: 'started', attemptId: ring.attemptId, claim } as const;
  const { verification, entries, effects } = transition(doing.verification, event, now);
  const attempt = verification.attempts.find((one) => one.id === ring.attemptId);
  if (attempt?.claim !== claim) {
    release();
    return insert;
  }
  return {
    row: { ...row, verification, entries: [...row.entries, ...entries] },
    doing: { verification, effects: [...doing.effects.filter((effect) => effect !== ring), ...effects] },
    mine: { granted: { verification, material: row.material, attempt, claim, opened }, release },
  };
}
