import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedPostgres } from '@otp-relay/store';
import { CliFault } from '../cli-fault.ts';

/** Deletes the embedded Postgres of a data folder, unless another process is using it. The keys stay: other data may need them. */
export async function forgetData(dataDir: string): Promise<void> {
  const folder = join(dataDir, 'postgres');
  if (!existsSync(join(folder, 'server.json'))) return rmSync(folder, { recursive: true, force: true });
  // Started here, nobody else has it.
  const { started, stop } = await embeddedPostgres({ dataDir: folder });
  await stop();
  if (!started)
    throw new CliFault(`The Postgres in ${folder} is in use by another process.`, {
      fix: 'Stop what uses it (an api, a worker, another otp), then try again.',
    });
  rmSync(folder, { recursive: true, force: true });
}
