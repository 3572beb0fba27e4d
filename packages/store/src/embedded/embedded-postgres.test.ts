import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type EmbeddedPostgres, embeddedPostgres } from './embedded-postgres.ts';
import type { Note } from './note.ts';
import { succeedsAs } from './runner.ts';

describe('embeddedPostgres', () => {
  // Mode 700, like root's home: the user that runs Postgres cannot enter it.
  const home = mkdtempSync(join(tmpdir(), 'otp-relay-home-'));
  const dataDir = join(home, 'clone', '.data', 'postgres');
  const noteFile = join(dataDir, 'server.json');
  const note = (): Note => JSON.parse(readFileSync(noteFile, 'utf8')) as Note;
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    server = await embeddedPostgres({ dataDir });
  }, 60_000);
  afterAll(async () => {
    const { folder } = note();
    await server.remove();
    expect([existsSync(folder), existsSync(dataDir)]).toEqual([false, false]);
    rmSync(home, { recursive: true });
  });

  const ask = async (url: string, ...statements: string[]): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    const results = [];
    for (const statement of statements)
      results.push(Object.values((await client.query(statement)).rows[0] ?? {})[0]);
    await client.end();
    return results;
  };

  it('starts a durable server for this machine alone, under a folder only we can enter', async () => {
    expect(server.started).toBe(true);
    expect(
      await ask(
        server.url,
        'show fsync',
        'show listen_addresses',
        'show unix_socket_directories',
        'select current_database()',
      ),
    ).toEqual(['on', '127.0.0.1', '', 'otp']);
  });

  it('keeps the password to itself, and asks for it', async () => {
    expect(statSync(noteFile).mode & 0o777).toBe(0o600);
    await expect(ask(server.url.replace(/otp:[^@]*@/, 'otp:wrong@'), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
  });

  it('is joined, not started again, and not stopped by who joined', async () => {
    const [one, two] = await Promise.all([embeddedPostgres({ dataDir }), embeddedPostgres({ dataDir })]);
    expect([one, two]).toMatchObject([
      { url: server.url, started: false },
      { url: server.url, started: false },
    ]);
    await one.stop();
    await expect(two.remove()).rejects.toThrow('Another process owns');
    expect(await ask(server.url, 'select 1')).toEqual([1]);
  });

  it('keeps data and port over a restart', async () => {
    await ask(server.url, 'create table kept as select 42 as n');
    await server.stop();
    await expect(ask(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const { url } = server;
    server = await embeddedPostgres({ dataDir, fsync: false });
    expect(server).toMatchObject({ url, started: true });
    expect(await ask(server.url, 'select n from kept', 'show fsync')).toEqual([42, 'off']);
  });

  it('adopts the server of a process that was killed', async () => {
    const dead = spawnSync('true').pid;
    writeFileSync(noteFile, JSON.stringify({ ...note(), owner: dead }));
    const adopted = await embeddedPostgres({ dataDir });
    expect(adopted).toMatchObject({ url: server.url, started: true });
    await adopted.stop();
    await expect(ask(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    server = await embeddedPostgres({ dataDir });
  });

  it('starts once when several processes ask at the same time', async () => {
    await server.stop();
    const all = await Promise.all([1, 2, 3].map(() => embeddedPostgres({ dataDir })));
    expect(all.filter((one) => one.started)).toHaveLength(1);
    expect(new Set(all.map((one) => one.url)).size).toBe(1);
    server = all.find((one) => one.started) ?? server;
  });

  it('makes the whole cluster anew when it is gone', async () => {
    await server.stop();
    rmSync(note().folder, { recursive: true });
    server = await embeddedPostgres({ dataDir });
    expect(await ask(server.url, `select to_regclass('kept')::text`)).toEqual([null]);
  }, 60_000);
});

describe('succeedsAs', () => {
  it('tries', () => {
    expect(succeedsAs({}, 'true', [])).toBe(true);
    expect(succeedsAs({}, 'false', [])).toBe(false);
    expect(succeedsAs({}, '/nowhere/postgres', [])).toBe(false);
  });
});
