import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigFault, type Env, houseSettings, loadConfig, port } from '@otp-relay/runtime';
import { z } from 'zod';
import { CliFault } from '../cli-fault.ts';

/** Absolute, with a slash at the end: seen from `apps/cli/dist/demo` and from `apps/cli/src/demo` alike. */
export const repositoryRoot = fileURLToPath(new URL('../../../../', import.meta.url));

const schema = z.object({ ...houseSettings, PORT: port().default(3000) });

export interface DemoSettings {
  /** Absolute. */
  readonly dataDir: string;
  /** True when it is where every command looks without being told. */
  readonly isDefaultDir: boolean;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly queuePrefix: string;
  readonly logLevel: string;
  /** Wished, not demanded. */
  readonly port: number;
}

/** Reads the variables that mean something to the demo. Throws `CliFault` with all that are wrong. */
export function readDemoSettings(env: Env): DemoSettings {
  const config = readAll(env);
  if (config.NODE_ENV === 'production')
    throw new CliFault('The demo makes everything up, and NODE_ENV is production.', {
      fix: 'Run it with NODE_ENV=development.',
      exitCode: 2,
    });
  const isDefaultDir = !env.OTP_DATA_DIR?.trim();
  const dataDir = isDefaultDir ? resolve(repositoryRoot, '.data') : resolve(config.OTP_DATA_DIR);
  return {
    dataDir,
    isDefaultDir,
    databaseUrl: config.DATABASE_URL,
    redisUrl: config.REDIS_URL,
    queuePrefix: env.OTP_QUEUE_PREFIX?.trim() || prefixOf(dataDir, config),
    logLevel: config.LOG_LEVEL,
    port: config.PORT,
  };
}

/** On a Redis that others use too, the jobs of a demo are its own. */
const prefixOf = (dataDir: string, config: { REDIS_URL?: string | undefined; OTP_QUEUE_PREFIX: string }) =>
  config.REDIS_URL === undefined
    ? config.OTP_QUEUE_PREFIX
    : `otp_demo_${createHash('sha256').update(dataDir).digest('hex').slice(0, 8)}`;

function readAll(env: Env): z.output<typeof schema> {
  try {
    return loadConfig(schema, env);
  } catch (fault) {
    if (fault instanceof ConfigFault) throw new CliFault(fault.message, { exitCode: 2, cause: fault });
    throw fault;
  }
}
