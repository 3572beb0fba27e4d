import { setTimeout as delay } from 'node:timers/promises';
import { createLogger, shutdown } from '@otp-relay/runtime';
import { type EmbeddedPostgres, embeddedPostgres } from '@otp-relay/store';

/** A process that keeps the embedded Postgres of a folder running, so that it ends in order even when the demo is killed. */
const [dataDir = '.data/postgres'] = process.argv.slice(2);
const log = createLogger({ name: 'postgres' });
const stopping = shutdown({ log, timeoutMs: 60_000 });
const ask = (): Promise<EmbeddedPostgres> => embeddedPostgres({ dataDir, log: (line) => log.info(line) });

let server = ask();
stopping.onStop('postgres', async () => (await server).stop());
await server;
log.info('ready');

while (!stopping.signal.aborted) {
  await delay(1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
  // Somebody else started it, and will stop it: then it is started again here, on the same port.
  if (!stopping.signal.aborted && !(await server).started) server = embeddedPostgres({ dataDir });
}
