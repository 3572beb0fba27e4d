import { type TenantConfig, tenantConfig } from '@otp-relay/contracts';
import type { KeyRing } from '@otp-relay/vault';
import { sealedMark } from './keep-sealed.ts';
import { readStoredTenant, type TenancyStore } from './stored-tenant.ts';

/** One tenant as its file would say it, credentials masked; undefined when there is none. */
export async function getTenant(
  store: TenancyStore,
  keys: KeyRing,
  id: string,
): Promise<TenantConfig | undefined> {
  const stored = await readStoredTenant(store, keys, id);
  if (!stored) return undefined;
  // A row the contract no longer fits is a fault: it was checked when it was written.
  const config = stored.config ?? tenantConfig.parse((await store.tenants.get(id))?.config);
  const accounts = Object.entries(config.accounts).map(([name, account]) => {
    const credentials = Object.keys(stored.accounts.get(name)?.credentials ?? {});
    return [
      name,
      { ...account, credentials: Object.fromEntries(credentials.map((key) => [key, sealedMark])) },
    ];
  });
  return { ...config, accounts: Object.fromEntries(accounts) };
}

/** Every tenant as `otp tenants apply` reads it, credentials masked. */
export async function getTenants(
  store: TenancyStore,
  keys: KeyRing,
): Promise<{ tenants: Record<string, TenantConfig> }> {
  const tenants: Record<string, TenantConfig> = {};
  for (const { id } of await store.tenants.list()) {
    const tenant = await getTenant(store, keys, id);
    if (tenant) tenants[id] = tenant;
  }
  return { tenants };
}
