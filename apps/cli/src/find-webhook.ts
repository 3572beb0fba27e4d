import type { Store, StoredWebhook } from '@otp-relay/store';
import { CliFault } from './cli-fault.ts';
import { everyTenant } from './every-tenant.ts';

/** The webhook a command is about; a fault that names those there are when it is none. */
export async function findWebhook(store: Store, tenantId: string, id: string): Promise<StoredWebhook> {
  await everyTenant(store, tenantId);
  const found = await store.webhooks.get(tenantId, id);
  if (found) return found;
  const ids = (await store.webhooks.list(tenantId)).map((webhook) => webhook.id);
  throw new CliFault(`${tenantId} has no webhook "${id}".`, {
    fix:
      ids.length === 0
        ? 'Add one under "webhooks" in its file: otp tenants apply tenants.yaml'
        : `It has ${ids.join(', ')}.`,
  });
}
