import type { Change, Corridor } from './corridor.ts';

/**
 * How long `sent` waits for company. A webhook is answered when it is written, and Meta wants that within 250 ms in the
 * median (docs/adr/0021).
 */
const waitMs = 150;
/** What has waited long enough within this time of each other goes together. */
const lumpMs = 20;

/** Nobody waits to hear it: it says that `delivered`, or a failure, is to come. */
const canWait = ({ event }: Change): boolean => event.type === 'receipt' && event.status === 'sent';

/** A corridor in which `sent` goes with the next event of its verification, so that one row is written and not two. */
export function inCompany(corridor: Corridor): Corridor {
  // In the order of their coming: whoever is first has waited longest.
  const waiting = new Map<string, { readonly until: number; readonly go: (() => void)[] }>();
  let timer: NodeJS.Timeout | undefined;

  function goes(id: string): void {
    const entry = waiting.get(id);
    waiting.delete(id);
    for (const go of entry?.go ?? []) go();
  }

  function look(): void {
    timer = undefined;
    const now = performance.now();
    for (const [id, { until }] of waiting) {
      if (until > now) {
        timer = setTimeout(look, until - now + lumpMs);
        return;
      }
      goes(id);
    }
  }

  const wait = (change: Change): ReturnType<Corridor['apply']> =>
    new Promise((resolve, reject) => {
      const go = (): void => void corridor.apply(change).then(resolve, reject);
      const entry = waiting.get(change.id);
      if (entry) entry.go.push(go);
      else waiting.set(change.id, { until: performance.now() + waitMs, go: [go] });
      timer ??= setTimeout(look, waitMs);
    });

  return {
    apply(change) {
      if (canWait(change)) return wait(change);
      // First what came first; in the same turn of the event loop, so both are in one batch.
      goes(change.id);
      return corridor.apply(change);
    },
    async drain() {
      clearTimeout(timer);
      timer = undefined;
      for (const id of [...waiting.keys()]) goes(id);
      await corridor.drain();
    },
  };
}
