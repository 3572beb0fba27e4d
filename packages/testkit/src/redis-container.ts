import { spawnSync } from 'node:child_process';
import { freePort } from './free-port.ts';
import type { RedisServer } from './redis-server.ts';

let answered: boolean | undefined;

/** True when a container daemon is there to be asked. Asked once. */
export function dockerAnswers(): boolean {
  answered ??=
    spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5_000, stdio: 'ignore' })
      .status === 0;
  return answered;
}

/** Starts `TESTKIT_REDIS_IMAGE` (default `redis:7-alpine`) on a fixed port, so that a restart keeps the URL. */
export async function startRedisContainer(): Promise<RedisServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const port = await freePort();
  const container = await new GenericContainer(process.env.TESTKIT_REDIS_IMAGE ?? 'redis:7-alpine')
    .withExposedPorts({ container: 6379, host: port })
    .withCommand([
      'redis-server',
      '--hz',
      '100',
      '--appendonly',
      'yes',
      '--maxmemory-policy',
      'noeviction',
      '--save',
      '',
      // Through the daemon every client is a stranger, whom protected mode would refuse. Test data only.
      '--protected-mode',
      'no',
    ])
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start();
  return {
    url: `redis://${container.getHost()}:${port}`,
    async kill(signal) {
      // Removed only by `stop`, so that `restart` finds its data again.
      spawnSync('docker', ['kill', '--signal', signal, container.getId()], { stdio: 'ignore' });
      spawnSync('docker', ['wait', container.getId()], { timeout: 10_000, stdio: 'ignore' });
    },
    restart: () => container.restart(),
    async stop() {
      await container.stop();
    },
  };
}
