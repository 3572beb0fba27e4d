import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { locateBinaries } from './binaries.ts';
import { initialise } from './initialise.ts';
import { isAlive, withLock } from './lock.ts';
import { readNote, urlOf, writeNote } from './note.ts';
import { findPostmaster, startPostmaster, stopPostmaster } from './postmaster.ts';
import { pickRunner } from './runner.ts';
import { reachableBinaries } from './stage.ts';

export interface EmbeddedOptions {
  /** Where to keep the data, the password and the log; made when missing. Relative to the working directory. */
  readonly dataDir: string;
  /** 127.0.0.1 only; a free one is picked, and kept over restarts, when not given. */
  readonly port?: number;
  /** False trades the promise to survive a power cut for speed: tests only. */
  readonly fsync?: boolean;
  readonly log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** `postgres://…` of the database `otp`, whose user is a superuser. */
  readonly url: string;
  /** True when this call owns the server: `stop()` then stops it; otherwise another live process does. */
  readonly started: boolean;
  stop(): Promise<void>;
  /** Stops the server and deletes its data, wherever it is kept. Throws when another process owns the server. */
  remove(): Promise<void>;
}

/** What an app says when someone asks for the embedded server in production. */
export const embeddedRefusal =
  'The embedded Postgres is for development only. In production set DATABASE_URL, e.g. postgres://otp:…@db:5432/otp.';

/**
 * Starts a real Postgres under `dataDir`, or attaches to the one already running there. Works from any folder and as
 * any user: root hands over to the system user `postgres`. An orphan of a killed process is adopted. Development only.
 */
export async function embeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  return withLock(dataDir, async () => (await attach(dataDir, options)) ?? (await start(dataDir, options)));
}

async function attach(dataDir: string, options: EmbeddedOptions): Promise<EmbeddedPostgres | undefined> {
  const note = readNote(dataDir);
  const running = note && (await findPostmaster(note));
  if (!note || !running) return undefined;
  const url = urlOf(note, running.port);
  if (isAlive(note.owner)) {
    options.log?.(`using the Postgres already running on port ${running.port}`);
    return { url, started: false, stop: async () => {}, remove: refuseRemoval };
  }
  options.log?.(`adopting the Postgres left running on port ${running.port}`);
  writeNote(dataDir, { ...note, owner: process.pid });
  return { url, started: true, ...owned(dataDir, note.folder, running.pid) };
}

async function start(dataDir: string, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const native = reachableBinaries(locateBinaries(), pickRunner());
  const note = await initialise(dataDir, native, options.log);
  const { pid, port } = await startPostmaster(options, { dataDir, native, note });
  options.log?.(`Postgres listens on 127.0.0.1:${port}, data in ${note.folder}`);
  writeNote(dataDir, { ...note, port, owner: process.pid });
  return { url: urlOf(note, port), started: true, ...owned(dataDir, note.folder, pid) };
}

/** Also stops the server when the process exits without having said so; a signal nobody handles leaves an orphan. */
function owned(dataDir: string, folder: string, pid: number): Pick<EmbeddedPostgres, 'stop' | 'remove'> {
  const onExit = (): void => {
    if (isAlive(pid)) process.kill(pid, 'SIGINT');
  };
  process.once('exit', onExit);
  const stop = async (): Promise<void> => {
    process.off('exit', onExit);
    await stopPostmaster(pid, folder);
  };
  return {
    stop,
    remove: async () => {
      await stop();
      for (const path of [folder, dataDir]) rmSync(path, { recursive: true, force: true });
    },
  };
}

async function refuseRemoval(): Promise<never> {
  throw new Error('Another process owns this Postgres; only that one may delete its data.');
}
