import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedPostgres } from '@otp-relay/store';
import { CliFault } from '../cli-fault.ts';

/** Deletes the embedded Postgres of a data folder, unless another process uses it. The keys stay: other data may need them. */
export async function forgetData(dataDir: string): Promise<void> {
  const folder = join(dataDir, 'postgres');
  if (!existsSync(folder)) return;
  // Only who owns the server may delete; one that does not even start is nobody's.
  const server = await embeddedPostgres({ dataDir: folder }).catch(() => undefined);
  if (server === undefined) return rmSync(folder, { recursive: true, force: true });
  if (!server.started)
    throw new CliFault(`The Postgres in ${folder} is in use by another process.`, {
      fix: 'Stop what uses it (an api, a worker, another otp), then try again.',
    });
  await server.remove();
}
