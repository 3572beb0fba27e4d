import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type RunningProcess, startProcess } from '@otp-relay/testkit';
import { Redis } from 'ioredis';

/** A Redis to do harm to, with its append-only file on a small disk of its own where that can be had. */
export interface HarmedRedis {
  readonly port: number;
  /** SIGSTOP and SIGCONT: the process is there and does nothing. */
  freeze(frozen: boolean): void;
  /** Leaves no memory for writes, or gives it back. */
  starve(starved: boolean): Promise<void>;
  /** Fills the disk under the append-only file, or empties it. Undefined where no disk of its own could be mounted. */
  readonly fillDisk: ((full: boolean) => void) | undefined;
  stop(): Promise<void>;
}

const diskMb = 64;

/** Starts it as production runs it: `appendonly yes`, `noeviction`, `hz 100`. Needs `redis-server` on the PATH. */
export async function startHarmedRedis(): Promise<HarmedRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'otp-relay-harm-'));
  // Root's privilege; elsewhere the row goes without a full disk, and says so.
  const mounted = run('mount', '-t', 'tmpfs', '-o', `size=${diskMb}m`, 'tmpfs', folder);
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const process_: RunningProcess = await startProcess({
    command: 'redis-server',
    args: [...args, '--hz', '100', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'],
    cwd: folder,
    readyWhen: /Ready to accept connections/,
  });
  const ballast = join(folder, 'ballast');
  const config = async (name: string, value: string): Promise<void> => {
    const redis = new Redis(port, '127.0.0.1');
    await redis.config('SET', name, value).finally(() => redis.disconnect());
  };
  return {
    port,
    freeze: (frozen) => void process.kill(process_.pid, frozen ? 'SIGSTOP' : 'SIGCONT'),
    starve: (starved) => config('maxmemory', starved ? '1' : '0'),
    fillDisk: mounted
      ? (full) => {
          if (!full) return rmSync(ballast, { force: true });
          const { bavail, bsize } = statfsSync(folder);
          try {
            writeFileSync(ballast, Buffer.alloc(bavail * bsize));
          } catch (fault) {
            // Redis wrote meanwhile: then it is full all the same.
            if ((fault as NodeJS.ErrnoException).code !== 'ENOSPC') throw fault;
          }
        }
      : undefined,
    async stop() {
      await process_.kill();
      if (mounted) run('umount', folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const run = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
