import { Redis } from 'ioredis';

/** What Redis did per OTP. Scripts run commands of their own: those are counted in `commands` too. */
export interface RedisWork {
  readonly commands: number;
  readonly scripts: number;
  /** The busiest commands with their number per OTP. */
  readonly top: readonly (readonly [string, number])[];
}

interface RedisReading {
  readonly calls: ReadonlyMap<string, number>;
  since(before: RedisReading, count: number): RedisWork;
}

export interface RedisReader {
  readonly pid: number;
  read(): Promise<RedisReading>;
  close(): Promise<void>;
}

const ours = new Set(['info', 'ping', 'client|setinfo', 'client|setname']);
const shown = 8;

/** Reads `INFO commandstats`. */
export async function readRedis(url: string): Promise<RedisReader> {
  const redis = new Redis(url);
  const server = await redis.info('server');
  return {
    pid: Number(/^process_id:(\d+)/m.exec(server)?.[1] ?? 0),
    async read() {
      const info = await redis.info('commandstats');
      const calls = new Map(
        [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
          .map(([, name = '', n]) => [name, Number(n)] as const)
          .filter(([name]) => !ours.has(name)),
      );
      return { calls, since: (before, count) => difference(before.calls, calls, count) };
    },
    close: async () => redis.disconnect(),
  };
}

function difference(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  count: number,
): RedisWork {
  const each = [...after]
    .map(([name, calls]) => [name, (calls - (before.get(name) ?? 0)) / count] as const)
    .sort(([, one], [, other]) => other - one);
  const of = (names: readonly string[]): number =>
    each.filter(([name]) => names.includes(name)).reduce((sum, [, calls]) => sum + calls, 0);
  return {
    commands: each.reduce((sum, [, calls]) => sum + calls, 0),
    scripts: of(['evalsha', 'eval']),
    top: each.slice(0, shown),
  };
}
