import type { FieldProblem, TenantConfig, TenantsFile } from '@otp-relay/contracts';
import type { KeyRing } from '@otp-relay/vault';
import { credentialsAad } from '../tenants.ts';
import { type PlannedTenant, planOf, preparePlan, type TenantsPlan } from './plan-tenants.ts';
import type { TenancyStore } from './stored-tenant.ts';

/**
 * Makes what is stored agree with a tenants file and returns what was changed; credentials are sealed to their row.
 * Never deletes a tenant. Each tenant is changed only if nobody else changed it meanwhile; every step leaves a usable state,
 * and applying the same file again finishes what a fault cut short. `basedOn` is the version of its only tenant that the
 * caller looked at.
 */
export async function applyTenants(
  store: TenancyStore,
  keys: KeyRing,
  file: TenantsFile,
  basedOn?: number,
): Promise<TenantsPlan> {
  const planned = await preparePlan(store, keys, file);
  if (!planned.ok) return planned;
  const problems: FieldProblem[] = [];
  const isOld = ({ version }: PlannedTenant): boolean => basedOn !== undefined && version !== basedOn;
  for (const tenant of planned.tenants)
    if (tenant.change.change !== 'unchanged' && (isOld(tenant) || !(await applyTenant(store, keys, tenant))))
      problems.push({
        path: `tenants.${tenant.change.id}`,
        problem: 'was changed by somebody else just now; look at the differences and apply again',
      });
  return problems.length > 0 ? { ok: false, problems } : planOf(planned);
}

/**
 * A new account comes before the route that names it, and one that is gone leaves after it; a new tenant has to exist before
 * its accounts. False when the tenant is no longer the one that was compared.
 */
async function applyTenant(store: TenancyStore, keys: KeyRing, tenant: PlannedTenant): Promise<boolean> {
  const { change, version, config, accounts } = tenant;
  const { id } = change;
  const put = async (names: readonly string[]): Promise<void> => {
    for (const name of names) await putAccount(store, keys, id, name, config);
  };
  if (change.change === 'changed') await put(accounts.add);
  const stored = await store.tenants.put(
    { id, name: config.name, config: withoutCredentials(config) },
    version,
  );
  if (stored.kind === 'conflict') return false;
  if (change.change === 'created') await put(accounts.add);
  await put(accounts.change);
  for (const name of accounts.remove) await store.accounts.remove(id, name);
  return true;
}

async function putAccount(
  store: TenancyStore,
  keys: KeyRing,
  tenantId: string,
  id: string,
  config: TenantConfig,
): Promise<void> {
  const account = config.accounts[id];
  if (!account) throw new Error(`the plan names the unknown account ${id}`);
  const { provider, settings, credentials } = account;
  const sealedCredentials = keys.seal(JSON.stringify(credentials), credentialsAad(tenantId, id));
  await store.accounts.put({ tenantId, id, provider, settings, sealedCredentials });
}

/** What the tenants table holds: everything but the secrets. */
const withoutCredentials = (config: TenantConfig): TenantConfig => ({
  ...config,
  accounts: Object.fromEntries(
    Object.entries(config.accounts).map(([id, account]) => [id, { ...account, credentials: {} }]),
  ),
});
