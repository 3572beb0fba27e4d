import { redisHealth } from '@otp-relay/queue';
import type { CliConfig } from '../config.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Redis' reachability and the three settings that codes depend on. */
export async function checkRedis(config: CliConfig): Promise<Finding[]> {
  if (config.REDIS_URL === undefined)
    return [ok('redis', 'REDIS_URL is not set: the queues live in Postgres')];
  try {
    const { version, warnings } = await redisHealth(config.REDIS_URL);
    if (warnings.length === 0) return [ok('redis', `version ${version}: noeviction, appendonly, hz 100`)];
    return warnings.map((text) => {
      const [problem = text, fix = 'See the Redis documentation.'] = text.split('; ');
      return warn(
        'redis',
        problem,
        fix.replace(/^set it to (\S+)$/, (_, value) => `In redis.conf: ${problem.split(' is ')[0]} ${value}`),
      );
    });
  } catch {
    return [fail('redis', 'it does not answer', 'Check REDIS_URL, the network, and that the server is up.')];
  }
}
