import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binary } from './binaries.ts';
import { databaseUser, type Note, readNote, writeNote } from './note.ts';
import { pickRunner, type Runner } from './runner.ts';
import { reachableFolder } from './stage.ts';

/** The cluster inside the folder that a note names; the password file stands beside it while `initdb` runs. */
export const clusterOf = (folder: string): string => join(folder, 'data');

/** Makes the cluster and its password unless they exist. */
export async function initialise(
  dataDir: string,
  native: string,
  log?: (line: string) => void,
): Promise<Note> {
  const earlier = readNote(dataDir);
  // The note is written after initdb, so a cluster without one is half made by a killed process, or never was used.
  if (earlier && existsSync(join(clusterOf(earlier.folder), 'PG_VERSION'))) return earlier;
  const runner = pickRunner();
  const folder = reachableFolder(dataDir, runner);
  log?.(`creating a Postgres in ${folder}`);
  const password = randomBytes(18).toString('base64url');
  await initdb(native, runner, folder, password);
  const note: Note = { folder, password, port: null, owner: process.pid };
  writeNote(dataDir, note);
  return note;
}

async function initdb(native: string, runner: Runner, folder: string, password: string): Promise<void> {
  const file = join(folder, 'password');
  rmSync(clusterOf(folder), { recursive: true, force: true });
  rmSync(file, { force: true });
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  if (runner.uid !== undefined && runner.gid !== undefined) chownSync(file, runner.uid, runner.gid);
  const auth = ['--auth=scram-sha-256', `--username=${databaseUser}`, `--pwfile=${file}`];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const args = [`--pgdata=${clusterOf(folder)}`, ...auth, ...locale, '--no-instructions'];
  try {
    await promisify(execFile)(binary(native, 'initdb'), args, { ...runner, cwd: '/' });
  } finally {
    rmSync(file, { force: true });
  }
}
