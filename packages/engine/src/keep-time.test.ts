import { afterEach, describe, expect, it } from '@jest/globals';
import { createClock } from './clock.ts';
import { keepTime } from './keep-time.ts';

const machineNow = Date.now;
const tenMinutesMs = 600_000;

function scene(postgresAheadMs: number) {
  const warnings: string[] = [];
  const quiet = () => undefined;
  const log = {
    debug: quiet,
    info: quiet,
    error: quiet,
    warn: (_: object, text?: string) => void warnings.push(text ?? ''),
  };
  const postgres = { aheadMs: postgresAheadMs, away: false };
  const store = {
    now: async () => {
      if (postgres.away) throw new Error('away');
      return Math.round(performance.timeOrigin + performance.now()) + postgres.aheadMs;
    },
  };
  return { warnings, log, postgres, house: { clock: createClock(), store } };
}

describe('keepTime', () => {
  afterEach(() => {
    Date.now = machineNow;
  });

  it.each([tenMinutesMs, -tenMinutesMs])('makes Date.now tell Postgres’ time, %d ms away', async (ms) => {
    const { house, log, warnings } = scene(ms);
    const time = await keepTime(house, log);
    expect(Math.abs(Date.now() - machineNow() - ms)).toBeLessThan(50);
    expect(Number.isInteger(Date.now())).toBe(true);
    expect(warnings).toHaveLength(1);
    await time.stop();
    expect(Date.now).toBe(machineNow);
  });

  it('says nothing when the machine is right', async () => {
    const { house, log, warnings } = scene(0);
    await (await keepTime(house, log)).stop();
    expect(warnings).toEqual([]);
  });

  it('goes on as last known while Postgres is away', async () => {
    const { house, log, postgres } = scene(tenMinutesMs);
    let rounds = 0;
    let thrice = (): void => undefined;
    const enough = new Promise<void>((resolve) => {
      thrice = resolve;
    });
    const sleep = async (): Promise<void> => {
      rounds += 1;
      if (rounds === 3) thrice();
      await new Promise((resolve) => setImmediate(resolve));
    };
    const time = await keepTime({ ...house, clock: { ...house.clock, sleep } }, log);
    postgres.away = true;
    await enough;
    expect(Math.abs(Date.now() - machineNow() - tenMinutesMs)).toBeLessThan(50);
    await time.stop();
  });

  it('is not moved by somebody setting the machine’s clock', async () => {
    const { house, log } = scene(0);
    await (await keepTime(house, log)).stop();
    Date.now = () => machineNow() + tenMinutesMs;
    expect(Math.abs(house.clock.now() - machineNow())).toBeLessThan(50);
  });
});
