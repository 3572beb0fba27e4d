import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transition } from '@otp-relay/core';
import { testDatabase } from '@otp-relay/testkit';
import { migrate, openStore, type Store } from '../index.ts';
import { newVerification } from '../testing/new-verification.ts';

/**
 * Prints how many verifications and changes per second one process commits. `OTP_SPEED_URL` measures another server (the
 * one of the tests does not fsync); `OTP_SPEED_MS` is the time per line.
 */
describe('speed of the ledger', () => {
  const lineMs = Number(process.env.OTP_SPEED_MS ?? 150);
  let store: Store;
  let stop = async (): Promise<void> => {};

  beforeAll(async () => {
    const given = process.env.OTP_SPEED_URL;
    const database = given
      ? { url: given, stop }
      : await testDatabase({ template: async (url) => void (await migrate(url)) });
    if (given) await migrate(given);
    store = openStore({ url: database.url, maxConnections: 8, applicationName: 'speed' });
    stop = async () => {
      await store.close();
      await database.stop();
    };
  });
  afterAll(() => stop());

  it.each([
    [1, 1],
    [1, 4],
    [20, 2],
    [100, 2],
    [500, 2],
  ])(
    'in batches of %i, %i at a time',
    async (size, flights) => {
      const written: string[] = [];
      const insertsPerSecond = await rate(flights, async () => {
        const rows = Array.from({ length: size }, () => newVerification());
        const outcomes = await store.ledger.insert(rows);
        expect(outcomes.every((outcome) => outcome.kind === 'inserted')).toBe(true);
        written.push(...rows.map((row) => row.verification.id));
        return size;
      });
      let next = 0;
      const changesPerSecond = await rate(
        flights,
        async () => {
          const ids = Array.from({ length: size }, () => written[next++ % written.length]!);
          const changed = await store.ledger.change(ids, ({ verification }, now) =>
            transition(
              verification,
              { type: 'started', attemptId: verification.currentId!, claim: 'c' },
              now,
            ),
          );
          expect(changed.size).toBe(new Set(ids).size);
          return size;
        },
        () => next + size * flights > written.length,
      );
      console.log(`${size} × ${flights}: ${insertsPerSecond} inserts/s, ${changesPerSecond} changes/s`);
    },
    60_000,
  );

  async function rate(
    flights: number,
    once: () => Promise<number>,
    isOver = (): boolean => false,
  ): Promise<number> {
    const startedAt = performance.now();
    let count = 0;
    const flight = async (): Promise<void> => {
      do count += await once();
      while (performance.now() - startedAt < lineMs && !isOver());
    };
    await Promise.all(Array.from({ length: flights }, flight));
    return Math.round((count / (performance.now() - startedAt)) * 1000);
  }
});
