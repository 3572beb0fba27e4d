import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type RunningProcess, startProcess } from '@otp-relay/testkit';
import { Redis } from 'ioredis';

/** The sizes of the append-only files at one moment: what a disk that lost the last seconds would hold. */
export type DiskMark = ReadonlyMap<string, number>;

/** A Redis server of our own that can lose its data in every way a server can. Set up as in production. */
export interface OwnRedis {
  readonly url: string;
  readonly pid: () => number;
  /** Everything is gone; the server stays up. */
  flushAll(): Promise<void>;
  mark(): Promise<DiskMark>;
  /** Power cut; what was written after `mark` never reached the disk. */
  rollBack(mark: DiskMark): Promise<void>;
  /** Power cut and a new, empty disk. */
  wipe(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnRedis(): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'otp-scorecard-redis-'));
  const appendOnly = join(folder, 'appendonlydir');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server = await start(port, folder);

  const sizes = async (): Promise<Map<string, number>> => {
    const names = await readdir(appendOnly);
    const entries = names.map(async (name) => [name, (await stat(join(appendOnly, name))).size] as const);
    return new Map(await Promise.all(entries));
  };

  return {
    url,
    pid: () => server.pid,
    async flushAll() {
      const redis = new Redis(url);
      await redis.flushall().finally(() => redis.disconnect());
    },
    mark: sizes,
    async rollBack(mark) {
      await server.kill();
      for (const [name, size] of await sizes()) {
        const then = mark.get(name);
        // Without this a rewrite between mark and cut would pass for a rollback.
        if (then === undefined) throw new Error(`Redis has written ${name} anew since the mark`);
        if (then < size) await truncate(join(appendOnly, name), then);
      }
      server = await start(port, folder);
    },
    async wipe() {
      await server.kill();
      await rm(appendOnly, { recursive: true, force: true });
      server = await start(port, folder);
    },
    async stop() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const start = (port: number, folder: string): Promise<RunningProcess> =>
  startProcess({
    command: 'redis-server',
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--hz', '100', '--save', ''],
      ...['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--auto-aof-rewrite-percentage', '0'],
    ],
    scratch: folder,
    readyWhen: /Ready to accept connections/,
  });
