import { expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { describeWithRedis } from './describe-with-redis.ts';
import { startRedis } from './redis.ts';

describeWithRedis(
  'startRedis',
  (redis) => {
    it('has timers on time and forgets nothing', async () => {
      const client = new Redis(redis().url);
      expect(await client.config('GET', 'hz')).toEqual(['hz', '100']);
      expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
      client.disconnect();
    });

    it('keeps its data and its URL through a kill and a restart', async () => {
      const before = new Redis(redis().url);
      await before.set(`${redis().prefix}:kept`, 'yes');
      before.disconnect();
      await redis().kill();
      await redis().restart();
      const after = new Redis(redis().url);
      expect(await after.get(`${redis().prefix}:kept`)).toBe('yes');
      after.disconnect();
    });

    it('flushes its own prefix only', async () => {
      const client = new Redis(redis().url);
      await client.mset({ [`${redis().prefix}:mine`]: '1', 'somebody-elses': '2' });
      await redis().flush();
      expect(await client.keys('*')).toEqual(['somebody-elses']);
      client.disconnect();
    });

    it('is another server for everyone who asks for their own', async () => {
      const other = await startRedis({ own: true });
      expect(other?.url).not.toBe(redis().url);
      await other?.stop();
    });
  },
  { own: true },
);
