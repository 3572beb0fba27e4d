import type pg from 'pg';
import { liftBlocks, listBlocks, putBlocks } from './abuse/blocks.ts';
import { listDecisions, recordDecisions } from './abuse/decisions.ts';
import { isKnown } from './abuse/known.ts';
import { pruneAbuse } from './abuse/prune.ts';
import { listSpend, releaseSpend, reserveSpend } from './abuse/spend.ts';
import { noteUsed } from './abuse/used.ts';
import { watch } from './abuse/watch.ts';
import { lookAtBuckets, resetBuckets } from './buckets/look.ts';
import { pruneBuckets } from './buckets/prune.ts';
import { listRefusals, recordRefusals } from './buckets/refusals.ts';
import { release } from './buckets/release.ts';
import { reserve } from './buckets/reserve.ts';
import { forgiveCheck } from './checks/forgive-check.ts';
import { reserveChecks } from './checks/reserve-checks.ts';
import { unlockChecks } from './checks/unlock-checks.ts';
import { connect, type StoreOptions } from './connect.ts';
import { countOld, deleteOld } from './keeping/delete-old.ts';
import { eraseCounters } from './keeping/erase-counters.ts';
import { eraseVerifications } from './keeping/erase-verifications.ts';
import { findPerson } from './keeping/find-person.ts';
import { countSealed, putSealed, sealedWithOthers } from './keeping/reseal.ts';
import { addresseeOf } from './ledger/addressee.ts';
import { change, type Reduce, type Trusted } from './ledger/change.ts';
import { due } from './ledger/due.ts';
import { hasDeadlines } from './ledger/has-deadlines.ts';
import { insert, join } from './ledger/insert.ts';
import { locateByProviderRef } from './ledger/locate.ts';
import { recordReceipts } from './ledger/receipts.ts';
import { createRecent } from './ledger/recent.ts';
import type { NewVerification } from './ledger/types.ts';
import { migrate } from './migrate.ts';
import { listEvents, replayEvents } from './outgoing/events.ts';
import { claimEvents, forgetEvents, recordTries, waitingWebhooks } from './outgoing/outbox.ts';
import {
  disableWebhook,
  enableWebhook,
  getWebhook,
  listWebhooks,
  probeWebhook,
  putWebhookSecrets,
  webhookFails,
  webhookWorks,
} from './outgoing/webhooks.ts';
import { getAccount, listAccounts, putAccount, removeAccount } from './queries/accounts.ts';
import {
  createApiKey,
  endApiKey,
  findApiKey,
  listApiKeys,
  revokeApiKey,
  touchApiKey,
} from './queries/api-keys.ts';
import { appendEvidence } from './queries/append-evidence.ts';
import { listAudit, recordAudit } from './queries/audit.ts';
import { anyDeclined, declineChannel, declinedBy } from './queries/declined-channels.ts';
import { listEvidence, listEvidenceKeys, signaturesToSeal } from './queries/evidence.ts';
import { failuresSince } from './queries/failures.ts';
import { getFeedback, putFeedback } from './queries/feedback.ts';
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
  const recent = createRecent();
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
      insert: (rows: readonly NewVerification[]) => insert(ledger, recent, rows),
      change: (ids: readonly string[], reduce: Reduce, trusted?: Trusted) =>
        change(ledger, recent, ids, reduce, trusted),
      join: on(ledger, join),
      addressee: on(queries, addresseeOf),
      due: on(ledger, due),
      hasDeadlines: on(ledger, hasDeadlines),
      locateByProviderRef: on(ledger, locateByProviderRef),
    },
    /** Guesses at codes: tries are given out before anything is compared. */
    checks: {
      reserve: on(ledger, reserveChecks),
      forgive: on(queries, forgiveCheck),
      unlock: on(queries, unlockChecks),
    },
    /** Channels that recipients do not want for a while. */
    declined: {
      put: on(queries, declineChannel),
      any: on(queries, anyDeclined),
      by: on(queries, declinedBy),
    },
    feedback: { get: on(queries, getFeedback), put: on(queries, putFeedback) },
    /** What limits count: taken from before anything is written or sent. */
    buckets: {
      reserve: on(ledger, reserve),
      release: on(ledger, release),
      look: on(queries, lookAtBuckets),
      reset: on(queries, resetBuckets),
      prune: on(queries, pruneBuckets),
    },
    refusals: { record: on(queries, recordRefusals), list: on(queries, listRefusals) },
    abuse: {
      watch: on(ledger, watch),
      noteUsed: on(ledger, noteUsed),
      block: on(ledger, putBlocks),
      record: on(ledger, recordDecisions),
      isKnown: on(queries, isKnown),
      decisions: on(queries, listDecisions),
      blocks: on(queries, listBlocks),
      lift: on(queries, liftBlocks),
      prune: on(queries, pruneAbuse),
    },
    spend: {
      reserve: on(ledger, reserveSpend),
      release: on(ledger, releaseSpend),
      list: on(queries, listSpend),
    },
    receipts: { record: on(ledger, recordReceipts) },
    tenants: { get: on(queries, getTenant), list: on(queries, listTenants), put: on(queries, putTenant) },
    accounts: {
      get: on(queries, getAccount),
      list: on(queries, listAccounts),
      put: on(queries, putAccount),
      remove: on(queries, removeAccount),
    },
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
    /** What forgets and seals anew, one tenant at a time. */
    keeping: {
      deleteOld: on(queries, deleteOld),
      countOld: on(queries, countOld),
      findPerson: on(queries, findPerson),
      eraseVerifications: on(queries, eraseVerifications),
      eraseCounters: on(queries, eraseCounters),
      countSealed: on(queries, countSealed),
      sealedWithOthers: on(queries, sealedWithOthers),
      putSealed: on(queries, putSealed),
    },
    audit: { list: on(queries, listAudit), record: on(queries, recordAudit) },
    apiKeys: {
      create: on(queries, createApiKey),
      findByHash: on(queries, findApiKey),
      list: on(queries, listApiKeys),
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
    evidence: {
      append: on(queries, appendEvidence),
      list: on(queries, listEvidence),
      keys: on(queries, listEvidenceKeys),
      toSeal: on(queries, signaturesToSeal),
    },
    webhooks: {
      list: on(queries, listWebhooks),
      get: on(queries, getWebhook),
      putSecrets: on(queries, putWebhookSecrets),
      enable: on(queries, enableWebhook),
      disable: on(queries, disableWebhook),
      probe: on(queries, probeWebhook),
      works: on(queries, webhookWorks),
      fails: on(queries, webhookFails),
    },
    outbox: {
      claim: on(queries, claimEvents),
      record: on(queries, recordTries),
      waiting: on(queries, waitingWebhooks),
      forget: on(queries, forgetEvents),
      list: on(queries, listEvents),
      replay: on(queries, replayEvents),
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
