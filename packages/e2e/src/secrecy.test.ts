import { expect, it } from '@jest/globals';
import { waitFor } from '@otp-relay/testkit';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describeWorld, phoneBook, type World } from './world/index.ts';

/** A code that occurs nowhere by chance, and everything it could hide as. */
const canaryCode = 'QX7Z-VJ9K';
const disguises = (text: string): string[] => [
  text,
  Buffer.from(text).toString('base64').replace(/=+$/, ''),
  Buffer.from(text).toString('hex'),
  encodeURIComponent(text),
  [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  [...text].reverse().join(''),
];

const boardPassword = 'e2e-board-password';

/** Everything Redis holds below our prefix, as text. */
async function redisText(world: World): Promise<string> {
  const { backend } = world.house;
  if (backend.kind !== 'redis') return '';
  const redis = new Redis(backend.url);
  const texts: string[] = [];
  for (const key of await redis.keys(`${backend.prefix}*`)) {
    const type = await redis.type(key);
    const value =
      type === 'hash'
        ? await redis.hgetall(key)
        : type === 'list'
          ? await redis.lrange(key, 0, -1)
          : type === 'zset'
            ? await redis.zrange(key, '0', '-1')
            : type === 'set'
              ? await redis.smembers(key)
              : type === 'stream'
                ? await redis.xrange(key, '-', '+')
                : await redis.get(key);
    texts.push(`${key} ${JSON.stringify(value)}`);
  }
  redis.disconnect();
  return texts.join('\n');
}

/** Every row of every table of every schema of ours, as text; bytea shows as hex. */
async function postgresText(world: World): Promise<string> {
  const client = new pg.Client({ connectionString: world.env.DATABASE_URL });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
    texts.push(...rows.map((row) => `${name} ${row.text}`));
  }
  await client.end();
  return texts.join('\n');
}

/** What Bull Board's own API answers for every queue and every state of its jobs. */
async function boardText(world: World): Promise<string> {
  const authorization = `Basic ${Buffer.from(`operator:${boardPassword}`).toString('base64')}`;
  const pages = await Promise.all(
    world.house.producer.queues().map(async ({ name }) => {
      const url = `${world.apiUrl}/board/api/queues?activeQueue=${name}&status=latest&page=1&jobsPerPage=100`;
      const response = await fetch(url, { headers: { authorization } });
      expect(response.status).toBe(200);
      return response.text();
    }),
  );
  return pages.join('\n');
}

const logText = (world: World): string =>
  [world.api(), ...world.workers].flatMap((process) => process.lines).join('\n');

describeWorld(
  'secrecy',
  (world) => {
    const phone = phoneBook();

    it('a code and an address appear in no job, log, table, metric, page or answer', async () => {
      const to = { phone: phone('02', '02'), email: 'canary.person@example.test' };
      const answers: unknown[] = [];
      const sent = await world().client.send({ to, code: canaryCode });
      answers.push(sent);
      await world().until('every channel to be tried', sent.id, (v) => v.delivery === 'unconfirmed');
      const phones = await world().simulator.messages({ to: to.phone });
      expect(phones.map((m) => m.code)).toEqual([canaryCode, canaryCode]);

      const refused = { v: 1, tenant: world().tenantId, to: { phone: to.phone }, purpose: canaryCode };
      const queue = world().house.producer.queues()[0];
      await queue?.add('otp', refused);
      await queue?.add('otp', { ...refused, purpose: 'auth', code: canaryCode });
      await waitFor('both jobs to be refused', async () => {
        const refusals = await world().house.store.rejectedJobs.list(10);
        return refusals.length >= 2;
      });
      const waiting = await world().client.send({ to: { phone: phone('02') }, code: canaryCode });
      answers.push(
        await world().get(waiting.id),
        await world().timeline(waiting.id),
        await world().timeline(sent.id),
      );

      const metrics = await (await fetch(`${world().apiUrl}/metrics`)).text();
      const places: Record<string, string> = {
        redis: await redisText(world()),
        postgres: await postgresText(world()),
        board: await boardText(world()),
        logs: logText(world()),
        metrics,
        answers: JSON.stringify(answers),
      };
      expect(places.postgres).toContain(sent.id);
      expect(places.board).toContain('otp-timeouts');
      if (world().house.backend.kind === 'redis') expect(places.redis).toContain('otp-timeouts');
      for (const [place, text] of Object.entries(places)) {
        for (const disguise of disguises(canaryCode))
          expect({ place, leaks: text.includes(disguise) }).toEqual({ place, leaks: false });
        const hidden = ['canary.person', to.phone.slice(1)].filter((address) => text.includes(address));
        expect({ place, hidden }).toEqual({ place, hidden: [] });
      }
    });
  },
  { env: { OTP_BOARD_PASSWORD: boardPassword, LOG_LEVEL: 'debug' } },
);
