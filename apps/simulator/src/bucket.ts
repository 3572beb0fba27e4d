const sweepFrom = 100_000;

/** A token bucket per key: `capacity` at once, one more every `refillEveryMs`. */
export class Bucket {
  readonly #levels = new Map<string, { tokens: number; at: number }>();
  #sweepAt = sweepFrom;

  /** Takes one token; false when the bucket is empty. A `capacity` of 0 or less means no limit. */
  take(key: string, capacity: number, refillEveryMs: number, now: number): boolean {
    if (capacity <= 0) {
      return true;
    }
    const level = this.#levels.get(key) ?? { tokens: capacity, at: now };
    const tokens = Math.min(capacity, level.tokens + (now - level.at) / refillEveryMs);
    this.#levels.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    this.#forgetOld(now, capacity * refillEveryMs);
    return tokens >= 1;
  }

  clear(): void {
    this.#levels.clear();
  }

  /** A bucket untouched for a full refill is full again, so it need not be remembered. */
  #forgetOld(now: number, fullAfterMs: number): void {
    if (this.#levels.size < this.#sweepAt) {
      return;
    }
    for (const [key, level] of this.#levels) {
      if (now - level.at > fullAfterMs) {
        this.#levels.delete(key);
      }
    }
    // Where little could be forgotten, the next sweep waits until there is twice as much.
    this.#sweepAt = Math.max(sweepFrom, this.#levels.size * 2);
  }
}
