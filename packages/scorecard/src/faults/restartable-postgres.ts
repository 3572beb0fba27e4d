import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedPostgres } from '@otp-relay/store';
import { freePort } from '@otp-relay/testkit';
import pg from 'pg';

/** A Postgres that fsyncs and can be restarted on its port with its data. */
export interface RestartablePostgres {
  readonly url: string;
  /** SIGQUIT, the immediate shutdown: no checkpoint, every connection cut. It recovers from its log. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

export async function startRestartablePostgres(): Promise<RestartablePostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'otp-scorecard-pg-'));
  const port = await freePort();
  let server = await embeddedPostgres({ dataDir, port });
  return {
    url: server.url,
    async restart() {
      process.kill(await postmasterOf(server.url), 'SIGQUIT');
      await server.stop();
      server = await embeddedPostgres({ dataDir, port });
    },
    remove: () => server.remove(),
  };
}

async function postmasterOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ text: string }>("select pg_read_file('postmaster.pid') as text");
  await client.end();
  return Number(rows[0]?.text.split('\n')[0]);
}
