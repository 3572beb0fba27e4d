import { type SealedColumn, type Store, sealedColumns } from '@otp-relay/store';
import type { KeyRing } from '@otp-relay/vault';
import { webhookAad } from '../outgoing/webhook-secrets.ts';
import { codeAad, recipientAad } from '../seals.ts';
import { credentialsAad } from '../tenants.ts';

export interface ResealPorts {
  readonly store: Pick<Store, 'keeping' | 'tenants' | 'audit'>;
  readonly keys: KeyRing;
}

/** How far sealing anew has come. */
export interface Resealed {
  readonly done: number;
  /** Values that no key of the ring opens: they stay as they are. */
  readonly unreadable: number;
}

const pageSize = 500;

/** What a value is bound to, so that it opens in its own row only. */
const aadOf: Readonly<Record<SealedColumn['use'], (tenantId: string, id: string) => string>> = {
  code: (_tenant, id) => codeAad(id),
  recipient: (_tenant, id) => recipientAad(id),
  credentials: credentialsAad,
  webhook: webhookAad,
};

/** How many values each version of the ring has sealed, over all tenants; current first, then the others. */
export async function sealedByVersion({ store }: ResealPorts): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  for (const { id } of await store.tenants.list())
    for (const column of sealedColumns)
      for (const { version, count } of await store.keeping.countSealed(id, column))
        counts.set(version, (counts.get(version) ?? 0) + count);
  return new Map([...counts].sort(([a], [b]) => b - a));
}

/**
 * Seals with the current key whatever another key of the ring has sealed, in batches, beside everything that runs: a value that
 * changed or was erased meanwhile stays as it is. Can be stopped and repeated at any time.
 */
export async function reseal(
  { store, keys }: ResealPorts,
  options: { readonly actor: string; readonly onProgress?: (soFar: Resealed) => void },
): Promise<Resealed> {
  let soFar: Resealed = { done: 0, unreadable: 0 };
  for (const { id: tenantId } of await store.tenants.list()) {
    const before = soFar.done;
    for (const column of sealedColumns)
      for (let after = ''; ; ) {
        const page = { current: keys.current, after, limit: pageSize };
        const values = await store.keeping.sealedWithOthers(tenantId, column, page);
        const last = values.at(-1);
        if (!last) break;
        const anew = values.flatMap((value) => {
          const sealed = sealAnew(keys, value.sealed, aadOf[column.use](tenantId, value.id));
          return sealed ? [{ ...value, anew: sealed }] : [];
        });
        const put = await store.keeping.putSealed(tenantId, column, anew);
        soFar = { done: soFar.done + put, unreadable: soFar.unreadable + values.length - anew.length };
        options.onProgress?.(soFar);
        after = last.id;
      }
    if (soFar.done > before)
      await store.audit.record({
        tenantId,
        actor: options.actor,
        action: 'sealed_anew',
        subject: tenantId,
        detail: { values: soFar.done - before, version: keys.current },
      });
  }
  return soFar;
}

function sealAnew(keys: KeyRing, sealed: Buffer, aad: string): Buffer | undefined {
  try {
    return keys.seal(keys.open(sealed, aad), aad);
  } catch {
    return undefined;
  }
}
