import type { TestApi } from './start-api.ts';

/** Changes top-level parts of a tenant's stored configuration; running engines notice at once. */
export async function configure(api: TestApi, tenantId: string, parts: object): Promise<void> {
  const tenant = await api.house.store.tenants.get(tenantId);
  if (!tenant) throw new Error(`there is no tenant ${tenantId}`);
  const config = { ...(tenant.config as object), ...parts };
  await api.house.store.tenants.put({ id: tenant.id, name: tenant.name, config });
}
