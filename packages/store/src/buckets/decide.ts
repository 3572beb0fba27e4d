import { type BucketState, draw } from '@otp-relay/core';
import { type BucketAsk, bucketName, type Reserved } from './take.ts';

/** A bucket as one batch leaves it. */
export interface Bucket {
  readonly tenantId: string;
  readonly key: Buffer;
  readonly kind: string;
  readonly state: BucketState;
  readonly spentAt: number;
}

export interface Decided {
  /** By position of the asks. */
  readonly outcomes: readonly Reserved[];
  /** What was taken from, by {@link bucketName}. */
  readonly buckets: ReadonlyMap<string, Bucket>;
}

/** Serves asks in their order from buckets as they are: each takes all it asks for, or nothing. */
export function decide(
  asks: readonly BucketAsk[],
  stored: ReadonlyMap<string, BucketState>,
  now: number,
): Decided {
  const buckets = new Map<string, Bucket>();
  const outcomes = asks.map((ask): Reserved => {
    const { reserved, taken } = serve(ask, (name) => buckets.get(name)?.state ?? stored.get(name), now);
    if (reserved.ok) for (const [name, bucket] of taken) buckets.set(name, bucket);
    return reserved;
  });
  return { outcomes, buckets };
}

function serve(
  { tenantId, takes }: BucketAsk,
  stateOf: (name: string) => BucketState | undefined,
  now: number,
): { readonly reserved: Reserved; readonly taken: ReadonlyMap<string, Bucket> } {
  const taken = new Map<string, Bucket>();
  const granted: number[] = [];
  let refused: Extract<Reserved, { ok: false }> | undefined;
  for (const [index, { kind, key, rule }] of takes.entries()) {
    const name = bucketName(tenantId, key);
    const drawn = draw(taken.get(name)?.state ?? stateOf(name), rule, now);
    if (drawn.ok) {
      taken.set(name, { tenantId, key, kind, state: drawn.state, spentAt: drawn.spentAt });
      granted.push(drawn.granted);
    } else if (!refused || (drawn.retryAfterMs ?? Infinity) > (refused.retryAfterMs ?? Infinity)) {
      const { limit, retryAfterMs } = drawn;
      refused = { ok: false, take: index, limit, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
  }
  return { reserved: refused ?? { ok: true, granted }, taken };
}
