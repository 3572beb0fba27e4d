/** Everything that will happen later (receipts, retries of webhooks), so that it can be dropped at once. */
export class Schedule {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #onClear: (() => void)[] = [];
  #stopped = false;

  get size(): number {
    return this.#timers.size;
  }

  after(delayMs: number, work: () => void): void {
    if (this.#stopped) {
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, delayMs);
    this.#timers.add(timer);
  }

  /** Drops all that is pending and says how much that was. */
  clear(): number {
    const dropped = this.#timers.size;
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
    this.#timers.clear();
    for (const forget of this.#onClear) {
      forget();
    }
    return dropped;
  }

  /** Nothing pending happens any more, and nothing new is taken on. */
  stop(): void {
    this.#stopped = true;
    this.clear();
  }

  /** For those who keep something of their own until a timer fires. */
  onClear(forget: () => void): void {
    this.#onClear.push(forget);
  }
}
