import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from './errno-of.ts';

/** What a later process must know to start or join the server of a data folder. Kept with mode 0600: it holds the password. */
export interface Note {
  /** Where the cluster really is: elsewhere when the user that runs Postgres cannot enter the data folder. */
  readonly folder: string;
  readonly password: string;
  readonly port: number | null;
  /** The process that will stop the server. */
  readonly owner: number;
}

const fileOf = (dataDir: string): string => join(dataDir, 'server.json');

export function readNote(dataDir: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as Note;
  } catch (fault) {
    if (errnoOf(fault) === 'ENOENT') return undefined;
    throw new Error(`${fileOf(dataDir)} cannot be read; was it made by another user?`, { cause: fault });
  }
}

export function writeNote(dataDir: string, note: Note): void {
  const half = `${fileOf(dataDir)}.${process.pid}`;
  writeFileSync(half, `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
  renameSync(half, fileOf(dataDir));
}

export const databaseUser = 'otp';
export const databaseName = 'otp';

export const urlOf = (note: Note, port: number): string =>
  `postgres://${databaseUser}:${note.password}@127.0.0.1:${port}/${databaseName}`;
