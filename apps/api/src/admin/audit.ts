import type * as docs from '../docs/admin.ts';
import type { Handle } from '../route.ts';
import { administered } from './administered.ts';

/** Who changed what, newest first. */
export const showAudit: Handle<typeof docs.audit> = async (call, reply, ports) => {
  const found = administered(call, reply);
  if (!found) return reply;
  const { before, limit } = call.query;
  const entries = await ports.store.audit.list(found.tenantId, {
    limit,
    ...(before !== undefined && { before }),
  });
  const last = entries.length === limit ? entries.at(-1)?.id : undefined;
  return {
    entries: entries.map(({ tenantId: _own, at, ...entry }) => ({
      ...entry,
      at: new Date(at).toISOString(),
    })),
    before: last ?? null,
  };
};
