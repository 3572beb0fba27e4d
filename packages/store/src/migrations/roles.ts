import type pg from 'pg';
import { StoreFault, storeFaultOf } from '../store-fault.ts';

/**
 * `otp_corridor` changes verifications of all tenants in one batch; `otp_tenant` reads one tenant's rows; `otp_keeper` deletes
 * and anonymises one tenant's. Roles belong to the whole server, not to a database, so neither a lock nor a transaction of
 * this one keeps others from making them.
 */
export const roles = ['otp_corridor', 'otp_tenant', 'otp_keeper'] as const;

const tries = 20;
/** Another database's migration made or granted the same role at this very moment. */
const lostRace = new Set(['23505', '42710', 'XX000']);

/** Makes the roles that are missing and lets the connected user take them on. */
export async function ensureRoles(client: pg.Client): Promise<void> {
  for (const role of roles)
    for (let left = tries; ; left -= 1)
      try {
        await ensureRole(client, role);
        break;
      } catch (error) {
        const { sqlState } = storeFaultOf(error);
        if (sqlState === '42501') throw notAllowed(role);
        if (left === 0 || sqlState === undefined || !lostRace.has(sqlState)) throw error;
      }
}

async function ensureRole(client: pg.Client, role: string): Promise<void> {
  if (await canBecome(client, role)) return;
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) await client.query(`create role ${role} nologin`);
  if (!(await canBecome(client, role))) await client.query(`grant ${role} to current_user`);
}

/** Tried instead of read from the catalogue: what membership allows differs between Postgres versions. */
const canBecome = (client: pg.Client, role: string): Promise<boolean> =>
  client.query(`set role ${role}`).then(
    () => client.query('reset role').then(() => true),
    () => false,
  );

/** Whether this user is a member of all roles already. */
export async function canTakeOn(client: pg.Client): Promise<boolean> {
  for (const role of roles) if (!(await canBecome(client, role))) return false;
  return true;
}

const notAllowed = (role: string): StoreFault =>
  new StoreFault(
    'OTP_STORE_MIGRATION',
    `This user may not make or grant the role ${role}. As an administrator run: create role ${role} nologin; grant ${role} to <this user>;`,
  );
