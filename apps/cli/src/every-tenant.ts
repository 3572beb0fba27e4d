import type { Store } from '@otp-relay/store';
import { CliFault } from './cli-fault.ts';

/** The ids a command is about: the one asked for, which must exist, or all of them. */
export async function everyTenant(store: Store, only: string | undefined): Promise<readonly string[]> {
  const ids = (await store.tenants.list()).map(({ id }) => id);
  if (only === undefined) return ids;
  if (ids.includes(only)) return [only];
  throw new CliFault(`There is no tenant "${only}".`, {
    fix:
      ids.length === 0
        ? 'There are none yet: otp tenants apply tenants.yaml'
        : `There ${ids.length === 1 ? 'is' : 'are'} ${ids.slice(0, 8).join(', ')}${ids.length > 8 ? ', …' : ''}.`,
  });
}
