import { retentionConfig } from '@otp-relay/contracts';
import type { Cutoffs, Deleted, Store } from '@otp-relay/store';
import type { Log } from '../log.ts';

/** What retention stands on. */
export type RetentionStore = Pick<Store, 'now' | 'tenants' | 'keeping' | 'audit'>;

const dayMs = 86_400_000;
/** Short enough that nobody waits for a lock, long enough to be worth a commit. */
const batch = 1_000;

/**
 * Until when every tenant's rows are kept, by its own settings and Postgres' clock. A tenant whose settings cannot be read is
 * left out: what was deleted by mistake does not come back.
 */
export async function cutoffsOf(
  store: RetentionStore,
  log: Pick<Log, 'warn'>,
  only?: string,
): Promise<readonly Cutoffs[]> {
  const now = await store.now();
  const tenants = await store.tenants.list();
  return tenants
    .filter(({ id }) => only === undefined || id === only)
    .flatMap(({ id, config }) => {
      const given =
        typeof config === 'object' && config !== null && 'retention' in config ? config.retention : {};
      const parsed = retentionConfig.safeParse(given);
      if (!parsed.success) {
        log.warn({ tenant: id }, 'the retention of this tenant cannot be read; nothing of it is deleted');
        return [];
      }
      const { verificationDays, receiptDays } = parsed.data;
      return [
        {
          tenantId: id,
          verificationsBefore: now - verificationDays * dayMs,
          receiptsBefore: now - receiptDays * dayMs,
        },
      ];
    });
}

/** What a round would delete now, by tenant. */
export async function planRetention(
  store: RetentionStore,
  log: Pick<Log, 'warn'>,
  only?: string,
): Promise<ReadonlyMap<string, Deleted>> {
  const all = new Map<string, Deleted>();
  for (const cutoff of await cutoffsOf(store, log, only))
    all.set(cutoff.tenantId, await store.keeping.countOld(cutoff));
  return all;
}

/**
 * One round: deletes what is older than its tenant keeps it, in batches, and says so in the log and the audit. One process
 * at a time; undefined when another one is at it.
 */
export async function runRetention(
  store: RetentionStore,
  log: Log,
  {
    actor,
    only,
    signal,
    onProgress,
  }: {
    readonly actor: string;
    readonly only?: string;
    readonly signal?: AbortSignal;
    readonly onProgress?: (tenantId: string, soFar: Deleted) => void;
  },
): Promise<ReadonlyMap<string, Deleted> | undefined> {
  const gone = await store.keeping.deleteOld({
    cutoffs: await cutoffsOf(store, log, only),
    batch,
    onBatch: (tenant, soFar) => {
      log.info({ tenant, ...soFar }, 'old rows are being deleted');
      onProgress?.(tenant, soFar);
    },
    ...(signal && { signal }),
  });
  for (const [tenantId, counts] of gone ?? [])
    if (Object.values(counts).some((count) => count > 0))
      await store.audit.record({
        tenantId,
        actor,
        action: 'retention_applied',
        subject: tenantId,
        detail: { ...counts },
      });
  return gone;
}
