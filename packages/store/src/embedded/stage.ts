import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Binaries, binary } from './binaries.ts';
import { type Runner, succeedsAs } from './runner.ts';

/**
 * A folder with the binaries that `runner` can execute: the package's own, or, when that user cannot get there (root's
 * home has mode 700), a copy made once under a temporary folder.
 */
export function reachableBinaries({ native, version }: Binaries, runner: Runner): string {
  const runs = (folder: string): boolean => succeedsAs(runner, binary(folder, 'postgres'), ['--version']);
  if (runs(native)) return native;
  if (runner.uid === undefined)
    throw new Error(`The embedded Postgres in ${native} does not run on this machine.`);
  for (const base of publicFolders()) {
    const copy = join(base, `otp-relay-postgres-${version}-${hashOf(native)}`);
    if (!existsSync(copy)) copyOnce(native, base, copy);
    if (isOurs(copy) && runs(copy)) return copy;
  }
  throw new Error(`No folder found from which the postgres user can run ${native}.`);
}

/**
 * A folder for the cluster: inside `dataDir` where `runner` can write there, else one under /var/tmp named after it.
 * Owned by the runner, mode 700.
 */
export function reachableFolder(dataDir: string, runner: Runner): string {
  const inside = join(dataDir, 'cluster');
  const { uid, gid } = runner;
  if (uid === undefined || gid === undefined) {
    mkdirSync(inside, { recursive: true, mode: 0o700 });
    return inside;
  }
  for (const folder of [
    inside,
    ...publicFolders().map((base) => join(base, `otp-relay-${hashOf(dataDir)}`)),
  ]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid: owner } = lstatSync(folder);
    if (owner !== 0 && owner !== uid) continue;
    chownSync(folder, uid, gid);
    chmodSync(folder, 0o700);
    if (succeedsAs(runner, 'test', ['-w', folder])) return folder;
    removeIfEmpty(folder);
  }
  throw new Error(`No folder found where the postgres user can keep the data of ${dataDir}.`);
}

/** /var/tmp first: it survives reboots and a private TMPDIR. */
const publicFolders = (): string[] =>
  [...new Set(['/var/tmp', tmpdir(), '/tmp'])].filter((base) => existsSync(base));

const hashOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 12);

function copyOnce(native: string, base: string, copy: string): void {
  const half = mkdtempSync(join(base, 'otp-relay-copy-'));
  try {
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    execFileSync('chmod', ['-R', 'a+rX,go-w', half]);
    renameSync(half, copy);
  } catch (fault) {
    // Renaming onto a full folder fails: another process finished the same copy first.
    if (!existsSync(copy)) throw fault;
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It holds an earlier cluster: never delete data.
  }
}

/** /var/tmp is open to everybody: never run what someone else put under our name. */
function isOurs(folder: string): boolean {
  const { uid, mode } = lstatSync(folder);
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}
