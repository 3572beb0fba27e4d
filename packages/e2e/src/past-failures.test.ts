import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { waitFor } from '@otp-relay/testkit';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describeWorld, phoneBook, type World } from './world/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('docs/past-failures.md', () => {
  const text = readFileSync(join(root, 'docs/past-failures.md'), 'utf8');
  const lines = [...text.matchAll(/^\| (\d+) \| .+ \| (.+) \|$/gm)];

  it('names all thirty', () => {
    expect(lines.map(([, number]) => Number(number))).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
  });

  it.each(lines.map(([, number = '', tests = '']) => [number, tests]))(
    '%s has its tests',
    (_number, tests) => {
      const named = [...tests.matchAll(/`([^`]+)`: ((?:[^;]|; (?!`))+)/g)];
      expect(named.length).toBeGreaterThan(0);
      for (const [, file = '', name = ''] of named)
        expect([file, readFileSync(join(root, file), 'utf8')]).toEqual([
          file,
          expect.stringContaining(name.trim()),
        ]);
    },
  );
});

/** Every row of every table of ours, as text. */
async function ledgerText({ env }: World): Promise<string> {
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of tables)
    texts.push(
      ...(await client.query<{ t: string }>(`select t::text as t from ${name} t`)).rows.map(({ t }) => t),
    );
  await client.end();
  return texts.join('\n');
}

describeWorld('past failures of other products', (world, kind) => {
  const phone = phoneBook();

  it('17: a code was among the arguments of a job: ours hold ids, and nothing else', async () => {
    await Promise.all(
      world()
        .workers.splice(0)
        .map((worker) => worker.stop()),
    );
    const id = await world().send({ to: { phone: phone('00') } });
    const queue = world()
      .house.producer.queues()
      .find(({ name }) => name === 'otp-send-whatsapp');
    const job = await waitFor('the job to be there', async () =>
      (await queue?.getJobs(['waiting', 'prioritized', 'delayed']))?.find(
        ({ data }) => data.verification === id,
      ),
    );
    expect(job.data).toEqual({
      v: 1,
      tenant: world().tenantId,
      verification: id,
      attempt: `${id.replace('vrf_', 'att_')}_0_1`,
    });
    await world().startWorker();
    await world().until('it to be delivered', id, (v) => v.delivery === 'delivered');
  });

  it('22: a route told whether a number was known: it looks the same to everybody who does not own it', async () => {
    const known = phone('00');
    const id = await world().send({ to: { phone: known } });
    await world().until('it to be delivered', id, (v) => v.delivery === 'delivered');
    const { apiKey } = await world().addTenant();
    const ask = async (path: string, init: RequestInit = {}): Promise<{ status: number; shape: unknown }> => {
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
      const answer = await fetch(`${world().apiUrl}${path}`, { ...init, headers });
      return { status: answer.status, shape: shapeOf(await answer.json()) };
    };
    const send = (to: string) =>
      ask('/v1/verifications', { method: 'POST', body: JSON.stringify({ to: { phone: to } }) });
    const [theirs, nobodys] = [await send(known), await send(phone('00'))];
    expect(theirs.status).toBe(201);
    expect(theirs).toEqual(nobodys);
    const unknown = id.replace(/.{4}$/, 'zzzz');
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/timeline'],
      ['GET', '/evidence'],
      ['POST', '/next'],
      ['POST', '/resend'],
      ['POST', '/cancel'],
    ] as const) {
      const body = method === 'POST' ? { method, body: '{}' } : {};
      expect(await ask(`/v1/verifications/${id}${rest}`, body)).toEqual(
        await ask(`/v1/verifications/${unknown}${rest}`, body),
      );
    }
  });

  it('23: bodies of messages were kept: no table and no queue holds one', async () => {
    const to = { phone: phone('02', '02'), email: 'body@example.test' };
    const id = await world().send({ to });
    await world().until('every channel to be tried', id, (v) => v.delivery === 'unconfirmed');
    const [sms] = await waitFor('the sms', async () => {
      const found = (await world().simulator.messages({ to: to.phone })).filter(
        ({ channel }) => channel === 'sms',
      );
      return found.length > 0 ? found : undefined;
    });
    expect(sms?.text).toContain('is your Acme code');
    const { backend } = world().house;
    const places = [await ledgerText(world())];
    if (backend.kind === 'redis') places.push(await redisText(backend.url));
    for (const place of places)
      for (const part of ['is your Acme code', 'Do not share', 'Your Acme code', '@acme.example #'])
        expect(place.includes(part)).toBe(false);
    expect(places[0]).toContain(id);
  });

  it('25: a job that was given up vanished: its verification is found by its deadline and sent', async () => {
    await Promise.all(
      world()
        .workers.splice(0)
        .map((worker) => worker.stop()),
    );
    const id = await world().send({ to: { phone: phone('00') } });
    const queue = world()
      .house.producer.queues()
      .find(({ name }) => name === 'otp-send-whatsapp');
    const job = await waitFor('the job to be there', async () =>
      (await queue?.getJobs(['waiting', 'prioritized', 'delayed']))?.find(
        ({ data }) => data.verification === id,
      ),
    );
    await job.remove();
    await world().startWorker();
    await world().until('it to be delivered all the same', id, (v) => v.delivery === 'delivered', 20_000);
    const told = (await world().timeline(id)).map(({ type }) => type);
    // By another channel when the step's own time was up already.
    expect(told.some((type) => type === 'attempt_requeued' || type === 'fallback')).toBe(true);
  });

  it('30: one bad job held up those behind it: ten bad ones delay nobody', async () => {
    const [intake] = world().house.producer.queues();
    for (let bad = 0; bad < 10; bad += 1)
      await intake?.add('otp', { v: 1, tenant: world().tenantId, to: bad });
    const id = await world().send({ to: { phone: phone('00') } });
    await world().until(
      'it to be delivered',
      id,
      (v) => v.delivery === 'delivered',
      kind === 'redis' ? 5_000 : 8_000,
    );
  });
});

async function redisText(url: string): Promise<string> {
  const redis = new Redis(url);
  const texts: string[] = [];
  for (const key of await redis.keys('*'))
    texts.push(key, (await redis.dumpBuffer(key))?.toString('latin1') ?? '');
  redis.disconnect();
  return texts.join('\n');
}

/** What an answer is made of, without its values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]));
}
