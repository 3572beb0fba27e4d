/** Time that passes only when nothing is left to do at an instant. */
export interface VirtualTime {
  /** ms since 1970, whole. */
  now(): number;
  after(ms: number, act: () => void): void;
  /** Looks every `ms` whether `awake`; then, once, does `act`. Looking alone does not keep the world going. */
  doze(ms: number, awake: () => boolean, act: () => void): void;
  /** Whether anything but dozing goes on. */
  busy(): boolean;
  /** Does what is due, one thing after another, each with all that follows from it at once, until `done`. */
  run(done: () => boolean): Promise<void>;
}

interface Due {
  readonly at: number;
  readonly order: number;
  /** False when nothing came of it. */
  readonly act: () => boolean;
  readonly dozing: boolean;
}

/** Midnight of a day without a story, so that instants read well. */
const startsAt = Date.UTC(2030, 0, 1);

export function createVirtualTime(): VirtualTime {
  // The next one is the last.
  const agenda: Due[] = [];
  let now = startsAt;
  let order = 0;
  let busy = 0;
  function put(ms: number, act: Due['act'], dozing: boolean): void {
    order += 1;
    if (!dozing) busy += 1;
    const due = { at: now + Math.max(0, Math.round(ms)), order, act, dozing };
    let low = 0;
    let high = agenda.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = agenda[middle];
      if (other && (other.at > due.at || (other.at === due.at && other.order > due.order))) low = middle + 1;
      else high = middle;
    }
    agenda.splice(low, 0, due);
  }
  function doze(ms: number, awake: () => boolean, act: () => void): void {
    const look = (): boolean => {
      const woken = awake();
      if (woken) act();
      else doze(ms, awake, act);
      return woken;
    };
    put(ms, look, true);
  }
  // A turn of the real event loop: every promise that can settle by now has settled after it.
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  return {
    now: () => now,
    busy: () => busy > 0,
    after(ms, act) {
      const once = (): boolean => {
        act();
        return true;
      };
      put(ms, once, false);
    },
    doze,
    async run(done) {
      await turn();
      for (let next = agenda.pop(); next && !done(); next = agenda.pop()) {
        now = next.at;
        if (!next.dozing) busy -= 1;
        if (next.act()) await turn();
      }
    },
  };
}
