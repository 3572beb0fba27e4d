import { createHash } from 'node:crypto';
import pg from 'pg';
import { type Migration, migrations } from './migrations/index.ts';
import { canTakeOn, ensureRoles } from './migrations/roles.ts';
import { StoreFault, storeFaultOf } from './store-fault.ts';

/** Any number nobody else uses: `otp` and `relay` in ASCII, folded. */
const lockKey = 0x6f747072;

/**
 * Brings the schema `otp` up to date; resolves to the names of the migrations it ran. Safe to call from many processes at
 * once. To change something the user must own the schema, or be allowed to make it; see {@link ensureRoles} for the roles.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'otp-relay migrate' });
  client.on('error', () => {});
  try {
    await client.connect();
    if (await isCurrent(client)) return [];
    await ensureRoles(client);
    // Held by the session: a second process waits here, then finds nothing left to do.
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    return await runPending(client);
  } catch (error) {
    throw storeFaultOf(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Nothing to do needs no rights: the apps may run as a user who owns nothing and is a member of the roles. */
async function isCurrent(client: pg.Client): Promise<boolean> {
  const applied = await client
    .query('set role otp_corridor')
    .then(
      () => client.query<{ name: string; checksum: string }>('select name, checksum from otp.migrations'),
      () => undefined,
    )
    .catch(() => undefined);
  await client.query('reset role');
  if (!applied) return false;
  const known = new Map(applied.rows.map((row) => [row.name, row.checksum]));
  refuseStrangers(known);
  return migrations.every(({ name }) => known.has(name)) && (await canTakeOn(client));
}

async function runPending(client: pg.Client): Promise<readonly string[]> {
  await client.query('create schema if not exists otp');
  await client.query(
    `create table if not exists otp.migrations (
       name text primary key, checksum text not null, applied_at timestamptz not null default now()
     )`,
  );
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from otp.migrations',
  );
  const applied = new Map(rows.map((row) => [row.name, row.checksum]));
  refuseStrangers(applied);
  const pending = migrations.filter((migration) => !applied.has(migration.name));
  for (const migration of pending) await run(client, migration);
  return pending.map((migration) => migration.name);
}

async function run(client: pg.Client, { name, sql }: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('insert into otp.migrations (name, checksum) values ($1, $2)', [
      name,
      checksumOf(sql),
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    const { retryable, message } = storeFaultOf(error);
    throw retryable ? error : new StoreFault('OTP_STORE_MIGRATION', `${name}: ${message}`);
  }
}

/** A database that is ahead of this program, or whose migration was edited, is not one we understand. */
function refuseStrangers(applied: ReadonlyMap<string, string>): void {
  const known = new Map(migrations.map(({ name, sql }) => [name, checksumOf(sql)]));
  for (const [name, checksum] of applied) {
    const ours = known.get(name);
    if (ours === undefined)
      throw new StoreFault('OTP_STORE_MIGRATION', `${name} was applied by a newer version of this program.`);
    if (ours !== checksum)
      throw new StoreFault(
        'OTP_STORE_MIGRATION',
        `${name} was applied with another text than this program has.`,
      );
  }
}

const checksumOf = (sql: string): string => createHash('sha256').update(sql).digest('hex');
