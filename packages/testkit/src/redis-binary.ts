import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.ts';
import { isExecutable } from './is-executable.ts';
import { type RunningProcess, startProcess } from './processes.ts';
import type { RedisServer } from './redis-server.ts';

/** The path of a Redis server program, if one is installed. */
export function redisBinary(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return ['redis-server', 'valkey-server']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(isExecutable);
}

/** Starts that program on a port and in a folder of its own. */
export async function startRedisBinary(): Promise<RedisServer> {
  const command = redisBinary();
  if (!command) throw new Error('No redis-server on the PATH');
  const folder = mkdtempSync(join(tmpdir(), 'otp-relay-redis-'));
  const port = await freePort();
  const start = (): Promise<RunningProcess> =>
    startProcess({
      command,
      args: argsFor(port, folder),
      cwd: folder,
      scratch: folder,
      readyWhen: /Ready to accept connections/,
    });
  let server = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    async kill(signal) {
      await (signal === 'SIGKILL' ? server.kill() : server.stop());
    },
    async restart() {
      await server.stop();
      server = await start();
    },
    async stop() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const argsFor = (port: number, folder: string): string[] => [
  ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
  // As in production: timers on time, and nothing lost in a restart.
  ...['--hz', '100', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', ''],
];
