import { Redis } from 'ioredis';
import { redisSettings } from './settings.ts';

/** What matters about a Redis that holds one-time codes' timers, and what to change about it. */
export interface RedisHealth {
  readonly version: string;
  readonly maxmemoryPolicy: string;
  readonly appendonly: boolean;
  /** Background ticks per second: a delayed job rings up to one tick late. */
  readonly hz: number;
  readonly warnings: readonly string[];
}

/**
 * Reads a Redis server's settings from `INFO`, which managed services allow where they forbid `CONFIG GET`.
 * Rejects within `timeoutMs` when there is no answer.
 */
export async function redisHealth(url: string, timeoutMs = 2_000): Promise<RedisHealth> {
  const redis = new Redis(url, {
    ...redisSettings,
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    retryStrategy: () => null,
  });
  let cause: Error | undefined;
  redis.on('error', (fault) => {
    cause = fault;
  });
  try {
    await redis.connect();
    return readHealth(await redis.info());
  } catch (fault) {
    throw cause ?? fault; // ioredis itself only says that the connection is closed
  } finally {
    redis.disconnect();
  }
}

function readHealth(info: string): RedisHealth {
  const fields = new Map(
    info.split(/\r?\n/).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    }),
  );
  const health = {
    version: fields.get('valkey_version') ?? fields.get('redis_version') ?? 'unknown',
    maxmemoryPolicy: fields.get('maxmemory_policy') ?? 'unknown',
    appendonly: fields.get('aof_enabled') === '1',
    hz: Number(fields.get('configured_hz') ?? fields.get('hz') ?? 0),
  };
  return { ...health, warnings: warningsOf(health) };
}

function warningsOf(health: Omit<RedisHealth, 'warnings'>): string[] {
  const warnings: string[] = [];
  if (health.maxmemoryPolicy !== 'noeviction') {
    warnings.push(`maxmemory-policy is ${health.maxmemoryPolicy}: jobs may be evicted; set it to noeviction`);
  }
  if (!health.appendonly) {
    warnings.push(
      'appendonly is no: a restart loses queued jobs until the sweeper finds them; set it to yes',
    );
  }
  if (health.hz < 100) {
    warnings.push(
      `hz is ${health.hz}: timers ring up to ${Math.round(1_000 / Math.max(health.hz, 1))} ms late; set it to 100`,
    );
  }
  return warnings;
}
