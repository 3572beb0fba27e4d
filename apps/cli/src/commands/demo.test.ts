import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { embeddedPostgres } from '@otp-relay/store';
import { type RunningProcess, startProcess, waitFor } from '@otp-relay/testkit';
import { scenarios } from '../demo/scenarios.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const slow = 150_000;

/** A bare shell: nothing of ours is set in it. */
const bare = { NODE_ENV: undefined, DATABASE_URL: undefined, REDIS_URL: undefined, NO_COLOR: '1' };

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('otp demo', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'otp-demo-'));
  const env = { ...bare, OTP_DATA_DIR: dataDir };
  let once: Ran;

  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    new Promise((resolve) => {
      const options = { env: { ...process.env, ...env, ...more }, cwd: '/', timeout: slow };
      const child = execFile(process.execPath, [main, 'demo', ...args], options, (_fault, out, err) =>
        resolve({ code: child.exitCode, out, err }),
      );
    });
  const start = (): Promise<RunningProcess> =>
    startProcess({
      args: [main, 'demo', '--port', '0'],
      env,
      cwd: '/',
      readyWhen: /Ctrl-C stops everything/,
      readyTimeoutMs: slow,
    });

  beforeAll(async () => {
    once = await run(['--once', '--json', '--port', '0']);
  }, slow);
  afterAll(async () => {
    await (await embeddedPostgres({ dataDir: join(dataDir, 'postgres') })).remove();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('keeps every promise on a bare machine, and says so to programs', () => {
    expect({ code: once.code, err: once.code === 0 ? '' : once.err }).toEqual({ code: 0, err: '' });
    const { ok, scenarios: shown } = JSON.parse(once.out) as {
      ok: boolean;
      scenarios: { title: string; ok: boolean; seen: object }[];
    };
    expect(ok).toBe(true);
    expect(shown).toEqual(
      scenarios.map(({ title, delivery, attempts }) =>
        expect.objectContaining({ title, ok: true, missed: [], seen: { delivery, attempts } }),
      ),
    );
  });

  it('shows a code on the phone and nowhere else', () => {
    const codes = [...once.err.matchAll(/on the phone, .*?(\d{6})/g)].map(([, code]) => code ?? '');
    expect(codes).toHaveLength(scenarios.length);
    const elsewhere = once.err.replace(/^ *on the phone, .*$/gm, '');
    const logs = readdirSync(join(dataDir, 'demo')).filter((name) => name.endsWith('.log'));
    expect(logs.sort()).toEqual(['api.log', 'postgres.log', 'simulator.log', 'worker.log']);
    const written = logs.map((name) => readFileSync(join(dataDir, 'demo', name), 'utf8')).join('');
    for (const code of codes)
      for (const text of [once.out, elsewhere, written])
        expect(text).not.toMatch(new RegExp(`(?<![\\w.])${code}(?!\\w)`));
  });

  it.each([
    ['SIGTERM', 'asked to stop', 0],
    ['SIGKILL', 'killed', null],
  ] as const)(
    'leaves no process behind after %s (%s)',
    async (signal, _word, code) => {
      const demo = await start();
      const family = descendantsOf(demo.pid);
      // Postgres' keeper and Postgres, simulator, api, worker.
      expect(family.length).toBeGreaterThanOrEqual(5);
      expect(demo.lines.join('\n')).toContain(`${scenarios.length} of ${scenarios.length} as promised`);
      const second = await run(['--once']);
      expect(second).toMatchObject({ code: 1, out: '' });
      expect(second.err).toMatch(/A demo is running on the data in .* its api is http:/);
      process.kill(demo.pid, signal);
      expect(await demo.ended).toMatchObject({ code });
      await waitFor('all its processes to end', () => family.every((pid) => !isRunning(pid)), {
        timeoutMs: 20_000,
      });
    },
    slow,
  );

  it(
    'says which of its processes ended by itself, and stops the others',
    async () => {
      const demo = await start();
      const family = descendantsOf(demo.pid);
      const worker = family.find((pid) => commandOf(pid).includes('apps/worker/')) ?? 0;
      expect(worker).toBeGreaterThan(0);
      process.kill(worker, 'SIGKILL');
      expect(await demo.ended).toMatchObject({ code: 2 });
      expect(demo.lines.join('\n')).toMatch(/✗ The worker does not run \(SIGKILL\)[\s\S]*│ ready/);
      await waitFor('all its processes to end', () => family.every((pid) => !isRunning(pid)));
    },
    slow,
  );

  it.each([
    [{ LOG_LEVEL: 'loud', REDIS_URL: 'nowhere' }, 2, ['OTP_CONFIG: 2 settings', 'LOG_LEVEL', 'REDIS_URL']],
    [{ NODE_ENV: 'production' }, 2, ['Run it with NODE_ENV=development.']],
    [{ REDIS_URL: 'redis://127.0.0.1:1' }, 2, ['The Redis of REDIS_URL does not answer.']],
    [{ DATABASE_URL: 'postgres://otp@127.0.0.1:1/otp' }, 2, ['Postgres does not answer.']],
  ] as const)(
    'says what is wrong with %j',
    async (more, code, words) => {
      const ran = await run(['--once'], more);
      expect(ran.code).toBe(code);
      for (const word of words) expect(ran.err).toContain(word);
      expect(ran.err).not.toMatch(/^ +at /m);
    },
    slow,
  );
});

/** Every process below this one, also those of a group or session of their own. */
function descendantsOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.filter(([, of]) => of === parent).flatMap(([child = 0]) => [child, ...below(child)]);
  return below(pid);
}

const ask = (column: string, pid: number): string =>
  spawnSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
const commandOf = (pid: number): string => ask('args', pid);

/** A zombie has ended; whoever is its parent now has not looked yet. */
function isRunning(pid: number): boolean {
  const state = ask('stat', pid);
  return state !== '' && !state.startsWith('Z');
}
