import { describe, expect, it } from '@jest/globals';
import type { Backlog, QueueName, SendRequest } from '@otp-relay/queue';
import { createTraffic } from './traffic.ts';

const request = (tenant: string): SendRequest => ({
  channel: 'whatsapp',
  delayMs: 0,
  job: { v: 1, tenant, verification: 'vrf_1', attempt: 'att_1' },
});
const requests = (tenant: string, count: number): SendRequest[] =>
  Array.from({ length: count }, () => request(tenant));

/** Queues as the test says they are, and a clock the test moves. */
function scene(maxWaiting = 100) {
  let at = 0;
  let backlog: Backlog | undefined = { waiting: 0, paused: false };
  let first: Backlog = { waiting: 0, paused: false };
  let looks = 0;
  const traffic = createTraffic(
    {
      async backlog() {
        looks += 1;
        if (!backlog) throw new Error('away');
        return new Map<QueueName, Backlog>([
          ['otp-send-whatsapp', backlog],
          ['otp-send-first', first],
        ]);
      },
    },
    { maxWaiting, now: () => at, sleep: async () => void (await see(backlog)) },
  );
  /** Time passes, and the queues are looked at. */
  async function see(next: Backlog | undefined, nextFirst = first): Promise<void> {
    backlog = next;
    first = nextFirst;
    at += 1_000;
    traffic.admits('someone');
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { traffic, see, looks: () => looks };
}

const places = (ranked: readonly SendRequest[]) => ranked.map(({ priority }) => priority);

describe('createTraffic', () => {
  it('gives every send job a place, each tenant its own line', async () => {
    const { traffic, see } = scene();
    expect(places(traffic.inTurn([...requests('a', 3), ...requests('b', 2)]))).toEqual([1, 2, 3, 1, 2]);
    await see({ waiting: 5, head: 1, paused: false });
    expect(places(traffic.inTurn([...requests('a', 1), ...requests('c', 1)]))).toEqual([4, 1]);
    await see({ waiting: 2, head: 4, paused: false });
    expect(places(traffic.inTurn(requests('c', 1)))).toEqual([4]);
  });

  it('lets a newcomer go first while others have a line, and nobody who asks for more than a share', async () => {
    const { traffic, see } = scene(1_000);
    const isFirst = (ranked: readonly SendRequest[]) => ranked.map(({ first = false }) => first);
    await see({ waiting: 0, paused: false });
    expect(isFirst(traffic.inTurn(requests('quiet', 1)))).toEqual([false]);
    traffic.inTurn(requests('noisy', 500));
    await see({ waiting: 500, head: 1, paused: false });
    expect(isFirst(traffic.inTurn(requests('noisy', 2)))).toEqual([false, false]);
    expect(isFirst(traffic.inTurn(requests('quiet', 2)))).toEqual([true, true]);
    // Not before its time, and not beside a pause.
    expect(isFirst(traffic.inTurn([{ ...request('other'), delayMs: 500 }]))).toEqual([false]);
    // Ten turns are taken, then a line is made.
    const many = isFirst(traffic.inTurn(requests('greedy', 40)));
    expect(many.filter(Boolean).length).toBeLessThanOrEqual(10);
    expect(many.at(-1)).toBe(false);
    await see({ waiting: 500, head: 30, paused: true });
    expect(isFirst(traffic.inTurn(requests('quiet', 1)))).toEqual([false]);
    await see({ waiting: 400, head: 100, paused: false });
    expect(isFirst(traffic.inTurn([...requests('quiet', 1), ...requests('greedy', 1)]))).toEqual([
      true,
      true,
    ]);
  });

  it('sends nobody first into a queue that is long itself, or paused, or not seen lately', async () => {
    const { traffic, see } = scene(1_000);
    const isFirst = () => traffic.inTurn(requests('quiet', 1))[0]?.first ?? false;
    await see({ waiting: 0, paused: false });
    traffic.inTurn(requests('noisy', 500));
    const line = { waiting: 500, head: 1, paused: false };
    await see(line, { waiting: 11, paused: false });
    expect(isFirst()).toBe(false);
    await see(line, { waiting: 0, paused: true });
    expect(isFirst()).toBe(false);
    await see(line, { waiting: 0, paused: false });
    expect(isFirst()).toBe(true);
    for (let second = 0; second < 3; second += 1) await see(undefined);
    expect(isFirst()).toBe(false);
  });

  it('says how long the next of a tenant waits, by the turns in front and how fast they go', async () => {
    const { traffic, see } = scene(1_000);
    await see({ waiting: 0, paused: false });
    traffic.inTurn(requests('noisy', 500));
    await see({ waiting: 500, head: 1, paused: false });
    expect(traffic.waitMs('whatsapp', 'noisy')).toBe(0);
    await see({ waiting: 400, head: 101, paused: false });
    expect(traffic.waitMs('whatsapp', 'noisy')).toBe(4_000);
    traffic.inTurn(requests('noisy', 50));
    expect(traffic.waitMs('whatsapp', 'noisy')).toBe(4_500);
    expect(traffic.waitMs('whatsapp', 'quiet')).toBe(0);
    expect(traffic.waitMs('sms', 'noisy')).toBe(0);
    // A pause ends when somebody ends it, and an old look says nothing.
    await see({ waiting: 350, head: 201, paused: true });
    expect(traffic.waitMs('whatsapp', 'noisy')).toBe(0);
    await see({ waiting: 250, head: 301, paused: false });
    expect(traffic.waitMs('whatsapp', 'noisy')).toBe(2_500);
    for (let second = 0; second < 3; second += 1) await see(undefined);
    expect(traffic.waitMs('whatsapp', 'noisy')).toBe(0);
  });

  it('looks at the queues a few times a second, however much comes', async () => {
    const { traffic, see, looks } = scene();
    await see({ waiting: 0, paused: false });
    const before = looks();
    for (let n = 0; n < 1_000; n += 1) traffic.inTurn(requests('a', 1));
    expect(looks()).toBe(before);
  });

  it('calls the queues away after ten seconds of silence, and back at the first answer', async () => {
    const { traffic, see } = scene();
    await see({ waiting: 0, paused: false });
    for (let second = 0; second < 10; second += 1) await see(undefined);
    expect(traffic.isAway()).toBe(false);
    for (let second = 0; second < 2; second += 1) await see(undefined);
    expect(traffic.isAway()).toBe(true);
    await see({ waiting: 0, paused: false });
    expect(traffic.isAway()).toBe(false);
  });

  it('refuses who fills the queues, and lets others in up to twice the mark', async () => {
    const { traffic, see } = scene(100);
    traffic.inTurn(requests('noisy', 90));
    await see({ waiting: 90, head: 1, paused: false });
    expect(traffic.admits('noisy')).toBe(true);
    // What was put in since the last look counts.
    traffic.inTurn(requests('noisy', 10));
    expect([traffic.admits('noisy'), traffic.admits('quiet')]).toEqual([false, true]);
    traffic.inTurn(requests('quiet', 40));
    expect([traffic.admits('noisy'), traffic.admits('quiet')]).toEqual([false, true]);
    await see({ waiting: 200, head: 1, paused: false });
    expect([traffic.admits('noisy'), traffic.admits('quiet'), traffic.admits('new')]).toEqual([
      false,
      false,
      false,
    ]);
    await see({ waiting: 99, head: 60, paused: false });
    expect(traffic.admits('noisy')).toBe(true);
  });

  it('goes on with what it knew while the queue is away, and counts what comes meanwhile', async () => {
    const { traffic, see } = scene(100);
    await see(undefined);
    expect(traffic.admits('a')).toBe(true);
    traffic.inTurn(requests('a', 100));
    await see(undefined);
    expect(traffic.admits('a')).toBe(false);
    await see({ waiting: 0, paused: false });
    expect(traffic.admits('a')).toBe(true);
  });

  it('makes who can wait wait until there is room, or the end', async () => {
    const { traffic, see } = scene(10);
    traffic.inTurn(requests('a', 10));
    await see({ waiting: 10, head: 1, paused: false });
    const ended = new AbortController();
    ended.abort();
    expect(await traffic.room('a', ended.signal)).toBe(false);
    const waiting = traffic.room('a', new AbortController().signal);
    await see({ waiting: 3, head: 8, paused: false });
    expect(await waiting).toBe(true);
  });
});
