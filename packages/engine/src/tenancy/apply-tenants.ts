import type { TenantConfig, TenantsFile } from '@otp-relay/contracts';
import type { KeyRing } from '@otp-relay/vault';
import { credentialsAad } from '../tenants.ts';
import { type PlannedTenant, planOf, preparePlan, type TenantsPlan } from './plan-tenants.ts';
import type { TenancyStore } from './stored-tenant.ts';

/**
 * Makes what is stored agree with a tenants file and returns what was changed; credentials are sealed to their row.
 * Never deletes a tenant. Every step leaves a usable state, and applying the same file again finishes what a fault cut short.
 */
export async function applyTenants(
  store: TenancyStore,
  keys: KeyRing,
  file: TenantsFile,
): Promise<TenantsPlan> {
  const planned = await preparePlan(store, keys, file);
  if (planned.ok)
    for (const tenant of planned.tenants)
      if (tenant.change.change !== 'unchanged') await applyTenant(store, keys, tenant);
  return planOf(planned);
}

/** Accounts come before the route that names them, and leave after it. A new tenant has to exist before its accounts. */
async function applyTenant(store: TenancyStore, keys: KeyRing, tenant: PlannedTenant): Promise<void> {
  const { change, config, accounts } = tenant;
  const row = { id: change.id, name: config.name, config: withoutCredentials(config) };
  if (change.change === 'created') await store.tenants.put(row);
  for (const id of accounts.put) {
    const account = config.accounts[id];
    if (!account) continue;
    await store.accounts.put({
      tenantId: change.id,
      id,
      provider: account.provider,
      settings: account.settings,
      sealedCredentials: keys.seal(JSON.stringify(account.credentials), credentialsAad(change.id, id)),
    });
  }
  if (change.change === 'changed') await store.tenants.put(row);
  for (const id of accounts.remove) await store.accounts.remove(change.id, id);
}

/** What the tenants table holds: everything but the secrets. */
const withoutCredentials = (config: TenantConfig): TenantConfig => ({
  ...config,
  accounts: Object.fromEntries(
    Object.entries(config.accounts).map(([id, account]) => [id, { ...account, credentials: {} }]),
  ),
});
