import { isDeepStrictEqual } from 'node:util';
import { tenantConfig } from '@otp-relay/contracts';
import { waitFor } from '@otp-relay/testkit';
import type { TestApi } from './start-api.ts';

/** Changes top-level parts of a tenant's stored configuration; resolves once the api has heard of it. */
export async function configure(api: TestApi, tenantId: string, parts: object): Promise<void> {
  const tenant = await api.house.store.tenants.get(tenantId);
  if (!tenant) throw new Error(`there is no tenant ${tenantId}`);
  const config = { ...(tenant.config as object), ...parts };
  await api.house.store.tenants.put({ id: tenant.id, name: tenant.name, config });
  const wanted = tenantConfig.parse(config);
  await waitFor(`the api to hear of ${tenantId}'s change`, async () =>
    isDeepStrictEqual((await api.engine.tenants.get(tenantId))?.config, wanted),
  );
}
