/** How fast a line moves, by where its head was seen. */
export interface Pace {
  /** The place of the first who waits, undefined when nobody does; `at` by a clock that nobody sets, ms. */
  observe(head: number | undefined, at: number): void;
  /** Turns per ms; 0 when it is not known, or when the line as good as stands still. */
  perMs(): number;
}

/** What was seen this long ago counts a third of what is seen now, ms. */
const memoryMs = 1_000;
/** Slower is no pace to go by: how long somebody waits is then decided by when it moves again. One turn a second. */
const slowest = 1 / 1_000;

export function createPace(): Pace {
  let seen: { readonly head: number; readonly at: number } | undefined;
  let pace: number | undefined;
  return {
    observe(head, at) {
      const before = seen;
      seen = head === undefined ? undefined : { head, at };
      // Another line: it begins again at 1 when it was empty.
      if (!seen || !before || seen.head < before.head) pace = undefined;
      else if (at > before.at) {
        const now = (seen.head - before.head) / (at - before.at);
        const weight = Math.exp((before.at - at) / memoryMs);
        pace = pace === undefined ? now : pace * weight + now * (1 - weight);
      }
    },
    perMs: () => (pace !== undefined && pace >= slowest ? pace : 0),
  };
}
