import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type pg from 'pg';
import type { Stage } from '../stage/open-stage.ts';

/** Bytes of one place, by its name. */
export type Places = Readonly<Record<string, Buffer>>;

async function filesIn(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  // A file may be gone by the time it is read: then it holds nothing.
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file).catch(() => Buffer.alloc(0)))));
}

/** Redis' append-only files, and a dump made now; uncompressed, so that nothing hides in LZF. */
export async function redisFiles(url: string): Promise<Places> {
  const redis = new Redis(url);
  try {
    await redis.config('SET', 'rdbcompression', 'no');
    await redis.call('SAVE');
    const [, folder = ''] = (await redis.config('GET', 'dir')) as string[];
    return {
      'redis dump': await readFile(join(folder, 'dump.rdb')),
      'redis append-only files': await filesIn(join(folder, 'appendonlydir')),
    };
  } finally {
    redis.disconnect();
  }
}

/** Every table as text, as a dump writes it, then the files of the cluster themselves: tables, indexes, log. */
export async function postgresFiles(database: pg.Pool): Promise<Places> {
  const { rows: tables } = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await database.query<{ text: string }>(`select t::text as text from ${name} t`);
    texts.push(...rows.map(({ text }) => `${name} ${text}`));
  }
  await database.query('checkpoint');
  const { rows } = await database.query<{ data_directory: string }>('show data_directory');
  const folder = rows[0]?.data_directory ?? '';
  const { rows: own } = await database.query<{ path: string }>(
    `select pg_relation_filepath(c.oid) as path from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where pg_relation_filepath(c.oid) is not null and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const files = await Promise.all(own.map(({ path }) => readFile(join(folder, path))));
  return {
    'postgres dump': Buffer.from(texts.join('\n')),
    'postgres table and index files': Buffer.concat(files),
    'postgres write-ahead log': await filesIn(join(folder, 'pg_wal')),
  };
}

/** What Bull Board answers for every queue, every state, every job and its logs. */
export async function boardPages({ world }: Stage, password: string): Promise<Places> {
  const authorization = `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`;
  const get = async (path: string): Promise<string> => {
    const response = await fetch(`${world.apiUrl}/board${path}`, { headers: { authorization } });
    if (!response.ok) throw new Error(`the board answered ${response.status} at ${path}`);
    return response.text();
  };
  const pages: string[] = [];
  for (const { name } of world.house.producer.queues()) {
    const list = await get(`/api/queues?activeQueue=${name}&status=latest&page=1&jobsPerPage=100`);
    const { queues } = JSON.parse(list) as { queues: { name: string; jobs: { id: string }[] }[] };
    const jobs = queues.find((queue) => queue.name === name)?.jobs ?? [];
    pages.push(list);
    // A job that was removed meanwhile shows nothing.
    for (const { id } of jobs)
      for (const more of ['', '/logs'])
        pages.push(await get(`/api/queues/${name}/${encodeURIComponent(id)}${more}`).catch(() => ''));
  }
  return { 'bull board': Buffer.from(pages.join('\n')) };
}
