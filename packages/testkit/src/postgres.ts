import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from './postgres-server.ts';

const closingWithinMs = 2_000;

export interface TestDatabase {
  /** A superuser's URL of a database of this test file alone. */
  readonly url: string;
  /** Drops the database; throws when the test left a connection open. */
  stop(): Promise<void>;
}

/**
 * A fresh database on the run's Postgres. `template` fills one (migrations) and closes its connections; it runs once per
 * run and is cloned from then on, so write it inline and let it differ in text when it differs in meaning.
 */
export async function testDatabase(
  options: { readonly template?: (url: string) => Promise<void> } = {},
): Promise<TestDatabase> {
  const { url: adminUrl } = await startPostgres();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const source = options.template ? await prepare(adminUrl, options.template) : 'template1';
  await asAdmin(adminUrl, (admin) => admin.query(`create database ${name} template ${source}`));
  return {
    url: urlOf(adminUrl, name),
    stop: () =>
      asAdmin(adminUrl, async (admin) => {
        const open = await connectionsLeft(admin, name);
        await admin.query(`drop database if exists ${name} with (force)`);
        if (open.length > 0) throw new Error(`Connections left open: ${open.join('; ')}`);
      }),
  };
}

/** Fills the template database, once per run: the other workers wait for the advisory lock. */
async function prepare(adminUrl: string, template: (url: string) => Promise<void>): Promise<string> {
  const name = `template_${createHash('sha256').update(`${testFolder()}\n${template}`).digest('hex').slice(0, 12)}`;
  await asAdmin(adminUrl, async (admin) => {
    await admin.query('select pg_advisory_lock(hashtext($1))', [name]);
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount) return;
    const half = `${name}_half`;
    await admin.query(`drop database if exists ${half} with (force)`);
    await admin.query(`create database ${half}`);
    await template(urlOf(adminUrl, half));
    const open = await connectionsLeft(admin, half);
    if (open.length > 0) throw new Error(`The template left connections open: ${open.join('; ')}`);
    await admin.query(`alter database ${half} rename to ${name}`);
  });
  return name;
}

/** The same text may mean another function in another package; jest tells which file runs. */
function testFolder(): string {
  const { expect } = globalThis as { expect?: { getState(): { testPath?: string } } };
  return expect?.getState().testPath?.replace(/[^/]*$/, '') ?? '';
}

/** A closed socket takes the server a moment to notice. */
async function connectionsLeft(admin: pg.Client, database: string): Promise<string[]> {
  const giveUpAt = Date.now() + closingWithinMs;
  for (;;) {
    const { rows } = await admin.query<{ who: string }>(
      `select concat_ws(' ', application_name, state, left(query, 80)) as who from pg_stat_activity where datname = $1`,
      [database],
    );
    if (rows.length === 0 || Date.now() > giveUpAt) return rows.map((row) => row.who);
    await delay(10);
  }
}

async function asAdmin<T>(url: string, action: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await action(admin);
  } finally {
    await admin.end();
  }
}

const urlOf = (adminUrl: string, database: string): string => adminUrl.replace(/[^/]*$/, database);
