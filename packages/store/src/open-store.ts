import type pg from 'pg';
import { connect, type StoreOptions } from './connect.ts';
import { change } from './ledger/change.ts';
import { due } from './ledger/due.ts';
import { insert } from './ledger/insert.ts';
import { locateByProviderRef } from './ledger/locate.ts';
import { recordReceipts } from './ledger/receipts.ts';
import { migrate } from './migrate.ts';
import { getAccount, listAccounts, putAccount, removeAccount } from './queries/accounts.ts';
import {
  createApiKey,
  endApiKey,
  findApiKey,
  listApiKeys,
  revokeApiKey,
  touchApiKey,
} from './queries/api-keys.ts';
import { listAudit, recordAudit } from './queries/audit.ts';
import { appendEvidence, listEvidence, listEvidenceKeys, signaturesToSeal } from './queries/evidence.ts';
import { failuresSince } from './queries/failures.ts';
import { findVerifications } from './queries/find-verifications.ts';
import { listVerifications } from './queries/list-verifications.ts';
import { listRejectedJobs, recordRejectedJob } from './queries/rejected-jobs.ts';
import { getTenant, listTenants, putTenant } from './queries/tenants.ts';
import { timelineOf } from './queries/timeline.ts';
import { countUnknownCode, listUnknownCodes } from './queries/unknown-codes.ts';
import { getVerification } from './queries/verification-view.ts';
import { watchTenants } from './queries/watch-tenants.ts';
import { query } from './with-client.ts';
import { type Ask, withTenant } from './with-tenant.ts';

/** Everything the product knows of Postgres. Every method throws `StoreFault`; its `retryable` tells an outage from a bug. */
export type Store = ReturnType<typeof openStore>;

/** Opens the store; connections are made when first needed. Close it, or the process stays alive. */
export function openStore(options: StoreOptions) {
  const { ledger, queries, close } = connect(options);
  return {
    /** Brings the schema up to date; resolves to the names of the migrations it ran. */
    migrate: () => migrate(options.url),
    /** Rejects when Postgres cannot be asked. */
    ping: async () => void (await query(queries, { text: 'select 1' })),
    /** Postgres' clock, ms since 1970. */
    now: () => now(queries),
    close,
    /** Calls back with the id of every tenant that changes; resolves to what stops it. */
    onTenantsChanged: (fn: (tenantId: string) => void) => watchTenants(options, fn),
    /** Questions of your own, bound to one tenant by row-level security. */
    withTenant: <T>(tenantId: string, action: (ask: Ask) => Promise<T>) =>
      withTenant(queries, tenantId, action),

    ledger: {
      insert: on(ledger, insert),
      change: on(ledger, change),
      due: on(ledger, due),
      locateByProviderRef: on(ledger, locateByProviderRef),
    },
    receipts: { record: on(ledger, recordReceipts) },
    tenants: { get: on(queries, getTenant), list: on(queries, listTenants), put: on(queries, putTenant) },
    accounts: {
      get: on(queries, getAccount),
      list: on(queries, listAccounts),
      put: on(queries, putAccount),
      remove: on(queries, removeAccount),
    },
    apiKeys: {
      create: on(queries, createApiKey),
      findByHash: on(queries, findApiKey),
      list: on(queries, listApiKeys),
    /** The same writes in somebody's name: the audit says who it was. */
    by: (actor: string) => ({
      tenants: {
        get: on(queries, getTenant),
        list: on(queries, listTenants),
        put: (tenant: Parameters<typeof putTenant>[1], basedOn?: number) =>
          putTenant(queries, tenant, basedOn, actor),
      },
      accounts: {
        get: on(queries, getAccount),
        list: on(queries, listAccounts),
        put: (account: Parameters<typeof putAccount>[1]) => putAccount(queries, account, actor),
        remove: (tenantId: string, id: string) => removeAccount(queries, tenantId, id, actor),
      },
      apiKeys: {
        create: (key: Parameters<typeof createApiKey>[1]) => createApiKey(queries, key, actor),
        revoke: (tenantId: string, id: string) => revokeApiKey(queries, tenantId, id, actor),
        end: (tenantId: string, id: string, expiresAt: number) =>
          endApiKey(queries, tenantId, id, expiresAt, actor),
        list: on(queries, listApiKeys),
      },
    }),
    audit: { list: on(queries, listAudit), record: on(queries, recordAudit) },
      revoke: on(queries, revokeApiKey),
      touch: on(queries, touchApiKey),
    },
    verification: {
      get: on(queries, getVerification),
      timeline: on(queries, timelineOf),
      list: on(queries, listVerifications),
      /** Operators only: it looks across tenants. */
      find: on(queries, findVerifications),
    },
    failures: on(queries, failuresSince),
    rejectedJobs: { record: on(queries, recordRejectedJob), list: on(queries, listRejectedJobs) },
    unknownCodes: { count: on(queries, countUnknownCode), list: on(queries, listUnknownCodes) },
  };
}

const on =
  <Rest extends unknown[], Result>(pool: pg.Pool, fn: (pool: pg.Pool, ...rest: Rest) => Result) =>
  (...rest: Rest): Result =>
    fn(pool, ...rest);

async function now(pool: pg.Pool): Promise<number> {
  const rows = await query<{ now: number }>(pool, { name: 'now', text: 'select otp.now_ms() as now' });
  return rows[0]?.now ?? Number.NaN;
}
