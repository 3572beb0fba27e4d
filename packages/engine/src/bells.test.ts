import { describe, expect, it } from '@jest/globals';
import type { Bell } from '@otp-relay/queue';
import { createBells } from './bells.ts';

const bell = (name: string, dueAt: number): Bell => ({
  tenant: 'acme',
  verification: `vrf_${name}`,
  attempt: `att_${name}_0_1`,
  dueAt,
});
const unwanted = ({ attempt, dueAt }: Bell, since: number) => ({ attempt, dueAt, since });

/** A clock the test moves; `gone` are the verifications that wait for their deadline no more. */
function scene() {
  let now = 0;
  const sleepers: (() => void)[] = [];
  const hung: string[] = [];
  const taken: string[] = [];
  const gone = new Set<string>();
  const lost: string[] = [];
  let away = false;
  const quiet = (): void => undefined;
  const bells = createBells({
    producer: {
      arm: async (all) => void hung.push(...all.map((one) => one.verification)),
      disarm: async (all) => void taken.push(...all.map((one) => one.attempt)),
    },
    store: {
      ledger: {
        hasDeadlines: async (all) => {
          if (away) throw new Error('away');
          return all.map(({ id }) => !gone.has(id));
        },
      },
    },
    clock: { now: () => now, sleep: () => new Promise((resolve) => sleepers.push(resolve)) },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    tally: { effectLost: (type) => void lost.push(type) },
  });
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    for (const wake of sleepers.splice(0)) wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { bells, pass, hung, taken, gone, lost, goAway: () => (away = true), asleep: () => sleepers.length };
}

describe('createBells', () => {
  it('hangs a bell that is due soon at once, and another after a second', async () => {
    const { bells, pass, hung, asleep } = scene();
    await bells.arm([bell('soon', 2_000), bell('later', 25_000)]);
    expect(hung).toEqual(['vrf_soon']);
    await pass(900);
    expect(hung).toEqual(['vrf_soon']);
    await pass(200);
    expect(hung).toEqual(['vrf_soon', 'vrf_later']);
    expect(asleep()).toBe(0);
  });

  it('never hangs what was taken away here meanwhile, nor what somebody else made pointless', async () => {
    const { bells, pass, hung, taken, gone } = scene();
    const [here, elsewhere] = [bell('here', 25_000), bell('elsewhere', 25_000)];
    await bells.arm([here, elsewhere]);
    await pass(300);
    await bells.disarm([unwanted(here, 0)]);
    gone.add('vrf_elsewhere');
    await pass(900);
    await pass(900);
    expect(hung).toEqual([]);
    expect(taken).toEqual([]);
  });

  it('takes away what may hang: due soon, older than a second, or of unknown age', async () => {
    const { bells, pass, taken } = scene();
    await pass(10_000);
    await bells.disarm([
      unwanted(bell('young', 35_000), 9_500),
      unwanted(bell('soon', 12_000), 9_500),
      unwanted(bell('old', 35_000), 8_000),
      unwanted(bell('unknown', 35_000), 0),
    ]);
    expect(taken).toEqual(['att_soon_0_1', 'att_old_0_1', 'att_unknown_0_1']);
  });

  it('hangs what it holds when the process stops, and nothing is held after', async () => {
    const { bells, pass, hung } = scene();
    await bells.arm([bell('held', 25_000)]);
    const drained = bells.drain();
    await pass(10);
    await drained;
    await bells.arm([bell('last', 25_000)]);
    expect(hung).toEqual(['vrf_held', 'vrf_last']);
  });

  it('counts bells it could not hang: the sweeper rings those', async () => {
    const { bells, pass, hung, lost, goAway } = scene();
    goAway();
    await bells.arm([bell('held', 25_000)]);
    await pass(1_100);
    expect(hung).toEqual([]);
    expect(lost).toEqual(['arm']);
  });
});
