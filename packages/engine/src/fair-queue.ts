/** BullMQ's lowest priority, i.e. the last place. The first is 1; no priority at all would jump the queue. */
export const lastPlace = 2_097_151;

/**
 * Start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996) for one queue: a job's place is the queue's virtual time, or
 * one behind the last job of its tenant when that still waits. Tenants who wait are so served in turn, whatever the length
 * of each one's line, and a newcomer stands behind at most one job of each.
 */
export interface FairQueue {
  /** The place of the next job of `tenant`, 1…{@link lastPlace}; a lower one is served first, equal ones in order. */
  next(tenant: string): number;
  /** How many places `tenant`'s line reaches beyond the head: about how many of its jobs wait. */
  ahead(tenant: string): number;
  /** What {@link FairQueue.ahead} says of all who wait. */
  lines(): { readonly tenants: number; readonly jobs: number };
  /**
   * The queue as it is: the place of its first job (undefined when none waits) and how many wait, jobs counted that were
   * placed since it was looked at.
   */
  observe(head: number | undefined, waiting: number): void;
}

/**
 * The head is the virtual time, so nothing has to be shared between processes but the queue itself. A line is as long as
 * this process made it; a tenant whose requests come through several processes has one in each, and so its turn in each.
 */
export function createFairQueue(): FairQueue {
  let head = 1;
  /** Where each tenant's next job would stand if it came right behind the last one. */
  const ends = new Map<string, number>();
  return {
    next(tenant) {
      const place = Math.min(lastPlace, Math.max(head, ends.get(tenant) ?? 0));
      ends.set(tenant, Math.min(lastPlace, place + stepAt(place)));
      return Math.floor(place);
    },
    ahead: (tenant) => Math.max(0, (ends.get(tenant) ?? 0) - head),
    lines() {
      let jobs = 0;
      for (const end of ends.values()) jobs += end - head;
      return { tenants: ends.size, jobs };
    },
    observe(first, waiting) {
      // An empty queue begins again at 1: this is where numbers that only grow are given back.
      head = first ?? 1;
      for (const [tenant, end] of ends) {
        // Nobody's line is longer than the queue; a longer one is left from before the queue began again.
        const real = Math.min(end, head + waiting);
        if (real <= head) ends.delete(tenant);
        else ends.set(tenant, real);
      }
    },
  };
}

/**
 * Places run out when a queue is never once empty. Starting over would put newcomers before all who wait, for as long as
 * there are newcomers; instead several jobs share a place from the middle on, which makes 38 million jobs of one tenant
 * (at 500/s: 21 hours without a pause), and the very last place is first come, first served.
 */
const stepAt = (place: number): number =>
  place < lastPlace / 2 ? 1 : place < (lastPlace / 4) * 3 ? 1 / 8 : 1 / 64;
