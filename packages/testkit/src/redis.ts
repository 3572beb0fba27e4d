import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { redisBinary, startRedisBinary } from './redis-binary.ts';
import { dockerAnswers, startRedisContainer } from './redis-container.ts';

/** A Redis of this test file alone, or a prefix of its own on a shared one. */
export interface TestRedis {
  readonly url: string;
  /** Put it before every key. BullMQ takes it as its `prefix`. */
  readonly prefix: string;
  /** False on a shared server, which cannot be killed or restarted. */
  readonly owned: boolean;
  /** Deletes every key under `prefix`. */
  flush(): Promise<void>;
  /** Ends the server at once and leaves it down. Its data stays on disk. */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Ends the server when it is up, and brings it back on the same port with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const redisMissing = 'no REDIS_URL, no redis-server, no Docker';

/** True when {@link startRedis} will find one. `own`: one that may be killed, so REDIS_URL does not count. */
export const redisAvailable = ({ own = false }: { readonly own?: boolean } = {}): boolean =>
  (!own && Boolean(process.env.REDIS_URL)) || redisBinary() !== undefined || dockerAnswers();

/**
 * A real Redis: the one at `REDIS_URL` (unless `own`), else a `redis-server` or `valkey-server` on the PATH (own port, own
 * folder, `hz 100`, `appendonly yes`), else a container. Without any of them: a loud line on stderr, and `undefined`.
 */
export async function startRedis({
  own = false,
}: {
  readonly own?: boolean;
} = {}): Promise<TestRedis | undefined> {
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  if (process.env.REDIS_URL && !own) return shared(process.env.REDIS_URL, prefix);
  const server = redisBinary()
    ? await startRedisBinary()
    : dockerAnswers()
      ? await startRedisContainer()
      : undefined;
  if (!server) {
    process.stderr.write(`\nNO REDIS: ${redisMissing}. Install redis or valkey, or set REDIS_URL.\n\n`);
    return undefined;
  }
  return {
    url: server.url,
    prefix,
    owned: true,
    flush: () => flush(server.url, prefix),
    kill: (signal = 'SIGKILL') => server.kill(signal),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

function shared(url: string, prefix: string): TestRedis {
  const refuse = () => Promise.reject(new Error('REDIS_URL is shared: ask for startRedis({ own: true })'));
  const clean = () => flush(url, prefix);
  return { url, prefix, owned: false, flush: clean, kill: refuse, restart: refuse, stop: clean };
}

async function flush(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(...keys);
    }
  } finally {
    redis.disconnect();
  }
}
