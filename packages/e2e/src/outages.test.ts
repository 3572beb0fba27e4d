import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EmbeddedPostgres, embeddedPostgres, migrate } from '@otp-relay/store';
import { describeWithRedis, freePort, type TestDatabase, testDatabase, waitFor } from '@otp-relay/testkit';
import { phoneBook, startWorld, type World } from './world/index.ts';

const deliveredAll = async (world: World, ids: readonly string[], timeoutMs: number): Promise<void> => {
  for (const id of ids) await world.until('the delivery', id, (v) => v.delivery === 'delivered', timeoutMs);
};

describeWithRedis(
  'outages of Redis',
  (redis) => {
    const phone = phoneBook();
    let world: World;
    let database: TestDatabase;
    beforeAll(async () => {
      database = await testDatabase({ template: async (url) => void (await migrate(url)) });
      world = await startWorld({ backend: { kind: 'redis', url: redis().url }, databaseUrl: database.url });
    }, 60_000);
    afterAll(async () => {
      await world?.stop();
      await database?.stop();
    }, 60_000);
    const send = (whatsapp: string): Promise<string> => world.send({ to: { phone: phone(whatsapp) } });

    it('loses nothing when Redis is wiped while verifications are queued, awaited and delivered', async () => {
      const ids = await Promise.all(['00', '02', '00', '02', '12'].map(send));
      await redis().flush();
      const more = await Promise.all(['00', '02'].map(send));
      await redis().flush();
      await deliveredAll(world, [...ids, ...more], 20_000);
    }, 40_000);

    it('loses nothing when Redis is killed and comes back, and answers within two seconds meanwhile', async () => {
      const before = await Promise.all(['00', '02'].map(send));
      await redis().kill();
      const startedAt = Date.now();
      const during = await send('00');
      expect(Date.now() - startedAt).toBeLessThan(2_000);
      await redis().restart();
      await deliveredAll(world, [...before, during], 25_000);
    }, 40_000);
  },
  { own: true },
);

describe('outages of Postgres', () => {
  const phone = phoneBook();
  let folder: string;
  let postgres: EmbeddedPostgres;
  let world: World;
  let port: number;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'otp-outage-'));
    port = await freePort();
    postgres = await embeddedPostgres({ dataDir: folder, port });
    await migrate(postgres.url);
    world = await startWorld({ backend: { kind: 'postgres', url: postgres.url }, databaseUrl: postgres.url });
  }, 90_000);
  afterAll(async () => {
    await world?.stop();
    await postgres?.remove();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('answers 503 with Retry-After while Postgres is away, and goes on by itself when it is back', async () => {
    const id = await world.send({ to: { phone: phone('02') } });
    await world.until('whatsapp to be awaited', id, (v) => v.delivery === 'awaiting');
    await postgres.stop();
    const response = await fetch(`${world.apiUrl}/v1/verifications/${id}`, {
      headers: { authorization: `Bearer ${world.apiKey}` },
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(((await response.json()) as { code: string }).code).toBe('OTP_UNAVAILABLE');

    postgres = await embeddedPostgres({ dataDir: folder, port });
    const verification = await world.until('the fallback', id, (v) => v.delivery === 'delivered', 25_000);
    expect(verification.attempts.map((a) => `${a.channel} ${a.state}`)).toEqual([
      'whatsapp timed_out',
      'sms delivered',
    ]);
    const later = await waitFor('a new verification', () => world.send({ to: { phone: phone('00') } }), {
      timeoutMs: 10_000,
    });
    await deliveredAll(world, [later], 15_000);
  }, 60_000);
});
