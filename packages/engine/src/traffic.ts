import { type Channel, channels } from '@otp-relay/core';
import { firstQueue, type Producer, type SendRequest, sendQueueOf } from '@otp-relay/queue';
import { createFairQueue } from './fair-queue.ts';
import { createPace } from './pace.ts';

/** Keeps tenants from delaying each other, and what waits from growing without bound. One per process. */
export interface Traffic {
  /**
   * Gives send jobs their places, so that tenants who wait are served in turn; and says which go `first`: those of a tenant
   * who hardly waits while others have a line, so that no hand is busy with somebody else's call when they come (ADR 0020).
   */
  inTurn(requests: readonly SendRequest[]): readonly SendRequest[];
  /**
   * Whether one more request of `tenant` may come in. Below the high-water mark: yes. Above: only for a tenant with less
   * than an equal share of what waits, so that one cannot shut out the others. From twice the mark on: no.
   */
  admits(tenant: string): boolean;
  /** Whether the queues have not answered for so long that what is accepted now would be sent too late, if at all. */
  isAway(): boolean;
  /** Whether a job of `channel` would be run at once: hardly any waits in its queue, and it is not paused. Not known is no. */
  isClear(channel: Channel): boolean;
  /** How long the next message of `tenant` waits for its turn in `channel`'s queue, in whole ms, as that moves now; 0 when not known. */
  waitMs(channel: Channel, tenant: string): number;
  /** Waits until `admits` says yes; false when `until` aborted first. */
  room(tenant: string, until: AbortSignal): Promise<boolean>;
}

export interface TrafficOptions {
  /** The high-water mark: jobs waiting in all send queues together. */
  readonly maxWaiting: number;
  /** Resolves after `ms` or as soon as `until` aborts. */
  readonly sleep: (ms: number, until: AbortSignal) => Promise<void>;
  /** A clock that nobody sets, ms. */
  readonly now?: () => number;
}

/** How old a look at the queues may get while there is traffic; without traffic nobody looks. */
const freshMs = 250;
/** A blip is made up for by deadlines; longer than this a code would wait for most of its life. */
const awayMs = 10_000;
/** As many wait at a glance in a queue that is served as fast as it is filled. */
const few = 10;
/** From then on a look says nothing any more. */
const staleMs = 2_000;

export function createTraffic(
  producer: Pick<Producer, 'backlog'>,
  { maxWaiting, sleep, now = () => performance.now() }: TrafficOptions,
): Traffic {
  const lanes = new Map(
    channels.map((channel) => [
      channel,
      { queue: createFairQueue(), pace: createPace(), placed: 0, waiting: 0, paused: false },
    ]),
  );
  const laneOf = (channel: Channel) => {
    const lane = lanes.get(channel);
    if (!lane) throw new RangeError(`no such channel: ${channel}`);
    return lane;
  };
  /** `otp-send-first` as it was seen, and what was put there since. */
  const first = { waiting: 0, placed: 0, paused: false };
  let lookedAt = Number.NEGATIVE_INFINITY;
  let seenAt = Number.NEGATIVE_INFINITY;
  let silentSince: number | undefined;
  let looking = false;

  /** Looks again when the last look is old. Nobody waits for it: a place or an answer is good enough without. */
  function look(): void {
    if (looking || now() - lookedAt < freshMs) return;
    looking = true;
    const placed = new Map([...lanes].map(([channel, lane]) => [channel, lane.placed]));
    const placedFirst = first.placed;
    const seen = producer.backlog().then(
      (backlog) => {
        for (const [channel, lane] of lanes) {
          const { waiting = 0, head, paused = false } = backlog.get(sendQueueOf(channel)) ?? {};
          lane.waiting = waiting;
          lane.paused = paused;
          lane.placed -= placed.get(channel) ?? 0;
          lane.queue.observe(head, lane.waiting + lane.placed);
          lane.pace.observe(head, now());
        }
        const { waiting = 0, paused = false } = backlog.get(firstQueue) ?? {};
        Object.assign(first, { waiting, paused, placed: first.placed - placedFirst });
        seenAt = now();
        silentSince = undefined;
      },
      // The queue is away, which is said where a job could not be put in. What was known last still bounds what comes.
      () => {
        silentSince ??= now();
      },
    );
    void seen.finally(() => {
      lookedAt = now();
      looking = false;
    });
  }

  look();

  const inAll = (count: (lane: ReturnType<typeof laneOf>) => number): number =>
    [...lanes.values()].reduce((sum, lane) => sum + count(lane), 0);

  function admits(tenant: string): boolean {
    look();
    const waiting = inAll((lane) => lane.waiting + lane.placed);
    if (waiting < maxWaiting) return true;
    if (waiting >= 2 * maxWaiting) return false;
    const own = inAll(({ queue }) => queue.ahead(tenant));
    const others = inAll(({ queue }) => queue.lines().jobs) - own;
    const tenants = Math.max(...[...lanes.values()].map(({ queue }) => queue.lines().tenants));
    return own < (own + others) / (own > 0 ? tenants : tenants + 1);
  }

  /** Whether a job need not stand in line: somebody else's is long, its own tenant's is not, and nobody is to wait here. */
  function goesFirst({ channel, delayMs, job: { tenant } }: SendRequest): boolean {
    const { waiting, placed, paused, queue } = laneOf(channel);
    const isLong = waiting + placed > few && now() - seenAt < staleMs;
    const isFree = !first.paused && first.waiting + first.placed <= few;
    return isLong && isFree && !paused && delayMs === 0 && queue.ahead(tenant) < few;
  }

  return {
    inTurn(requests) {
      look();
      return requests.map((request) => {
        const lane = laneOf(request.channel);
        const isFirst = goesFirst(request);
        // It takes its tenant's turn all the same: whoever asks for more than a share gets a line.
        const priority = lane.queue.next(request.job.tenant);
        if (isFirst) first.placed += 1;
        else lane.placed += 1;
        return { ...request, priority, ...(isFirst && { first: true }) };
      });
    },
    admits,
    isAway() {
      look();
      // An old look says nothing: the queues may be back since.
      const isFresh = now() - lookedAt < staleMs;
      return isFresh && silentSince !== undefined && now() - silentSince > awayMs;
    },
    isClear(channel) {
      look();
      const lane = laneOf(channel);
      return now() - seenAt < staleMs && !lane.paused && lane.waiting <= few;
    },
    waitMs(channel, tenant) {
      look();
      const { queue, pace, paused } = laneOf(channel);
      const perMs = paused || now() - seenAt >= staleMs ? 0 : pace.perMs();
      return perMs > 0 ? Math.round(queue.ahead(tenant) / perMs) : 0;
    },
    async room(tenant, until) {
      while (!admits(tenant)) {
        if (until.aborted) return false;
        await sleep(freshMs, until);
      }
      return true;
    },
  };
}
