import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { binary } from './binaries.ts';
import { clusterOf } from './initialise.ts';
import { isAlive } from './lock.ts';
import { databaseName, type Note, urlOf } from './note.ts';
import { pickRunner } from './runner.ts';

const readyWithinMs = 60_000;
const answerWithinMs = 10_000;
const pollMs = 20;

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** The server of this note, when one is alive, ready, and proves to be ours by taking our password. */
export async function findPostmaster(note: Note): Promise<Postmaster | undefined> {
  const found = readPidFile(note.folder);
  if (!found || !isAlive(found.pid)) return undefined;
  const giveUpAt = Date.now() + answerWithinMs;
  while (isAlive(found.pid) && Date.now() < giveUpAt) {
    if (readPidFile(note.folder)?.ready && (await ensureDatabase(note, found.port))) return found;
    await delay(pollMs);
  }
  return undefined;
}

/** Starts the server detached, so that a Ctrl-C in the terminal reaches the app first, which then stops it in order. */
export async function startPostmaster(
  { port, fsync }: { readonly port?: number; readonly fsync?: boolean },
  { dataDir, native, note }: { readonly dataDir: string; readonly native: string; readonly note: Note },
): Promise<Postmaster> {
  const chosen = port ?? (await freePort(note.port));
  const logFile = join(dataDir, 'postgres.log');
  const out = openSync(logFile, 'a', 0o600);
  const child = spawn(
    binary(native, 'postgres'),
    ['-D', clusterOf(note.folder), ...settings(chosen, fsync)],
    {
      ...pickRunner(),
      cwd: '/',
      detached: true,
      stdio: ['ignore', out, out],
      env: { ...process.env, LC_ALL: 'C', PGDATA: undefined, PGPORT: undefined },
    },
  );
  child.unref();
  closeSync(out);
  const giveUpAt = Date.now() + readyWithinMs;
  while (child.exitCode === null && child.signalCode === null && Date.now() < giveUpAt) {
    const found = readPidFile(note.folder);
    if (found?.ready && found.pid === child.pid && (await ensureDatabase(note, chosen))) return found;
    await delay(pollMs);
  }
  child.kill('SIGQUIT');
  throw new Error(`The embedded Postgres did not start:\n${tail(logFile)}`);
}

/** Fast shutdown: open transactions are rolled back, everything committed is kept. */
export async function stopPostmaster(pid: number, folder: string): Promise<void> {
  // The pid file goes last. An adopted server may stay a zombie where pid 1 reaps nobody, so the pid alone is no proof.
  const runs = (): boolean => isAlive(pid) && readPidFile(folder)?.pid === pid;
  if (runs()) process.kill(pid, 'SIGINT');
  const giveUpAt = Date.now() + readyWithinMs;
  while (runs()) {
    if (Date.now() > giveUpAt) throw new Error(`Postgres ${pid} did not stop within ${readyWithinMs} ms.`);
    await delay(pollMs);
  }
}

const settings = (port: number, fsync = true): string[] =>
  [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=128MB',
    ...(fsync ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ].flatMap((setting) => ['-c', setting]);

/** Lines of postmaster.pid: 1 the pid, 4 the port, 8 the status, padded. See Postgres' `src/include/utils/pidfile.h`. */
function readPidFile(folder: string): (Postmaster & { readonly ready: boolean }) | undefined {
  try {
    const lines = readFileSync(join(clusterOf(folder), 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

async function ensureDatabase(note: Note, port: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(note, port).replace(/[^/]*$/, 'postgres') });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** The port of last time when it is free, so that a bookmarked URL keeps working. */
async function freePort(wished: number | null): Promise<number> {
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const server = createServer().once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
      });
    });
  return listen(wished ?? 0).catch(() => listen(0));
}

const tail = (file: string): string => readFileSync(file, 'utf8').split('\n').slice(-15).join('\n');
