import { describe, expect, it } from '@jest/globals';
import { describeWithRedis, freePort } from '@otp-relay/testkit';
import { Redis } from 'ioredis';
import { redisHealth } from './redis-health.ts';

describeWithRedis(
  'redisHealth',
  (redis) => {
    it('is content with a server set up as advised', async () => {
      expect(await redisHealth(redis().url)).toMatchObject({
        maxmemoryPolicy: 'noeviction',
        appendonly: true,
        hz: 100,
        warnings: [],
      });
    });

    it('says what is wrong with one that is not', async () => {
      const admin = new Redis(redis().url);
      await admin.config('SET', 'hz', '10');
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await admin.config('SET', 'appendonly', 'no');
      admin.disconnect();
      expect((await redisHealth(redis().url)).warnings).toEqual([
        expect.stringContaining('maxmemory-policy is allkeys-lru'),
        expect.stringContaining('appendonly is no'),
        expect.stringContaining('hz is 10: timers ring up to 100 ms late'),
      ]);
    });
  },
  { own: true },
);

describe('redisHealth of nothing', () => {
  it('rejects', async () => {
    await expect(redisHealth(`redis://127.0.0.1:${await freePort()}`)).rejects.toThrow('ECONNREFUSED');
  });
});
