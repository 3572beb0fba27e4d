import type { Store } from '@otp-relay/store';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { sinceOf } from '../since-of.ts';
import { type ListedVerification, listText } from '../terminal/list-text.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly tenant?: string;
  readonly since?: string;
  readonly limit: string;
  readonly json?: boolean;
}

export const list: MakeCommand = (cli) =>
  command('list', 'List verifications, newest first.', 'otp list --tenant acme --since 1h')
    .option('--tenant <id>', 'of one tenant only')
    .option('--since <span>', 'not older than, e.g. 15m, 1h, 7d')
    .option('--limit <n>', 'at most this many', '20')
    .option('--json', 'JSON instead of a table')
    .action((options: Options) => printList(cli, options));

async function printList(cli: Cli, options: Options): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    throw new CliFault('--limit is not a whole number from 1 to 500.');
  const since = options.since === undefined ? undefined : cli.now() - sinceOf(options.since);
  await withHouse(cli, async ({ store }) => {
    const tenants = await everyTenant(store, options.tenant);
    const rows = (await Promise.all(tenants.map((id) => newest(store, id, limit, since)))).flat();
    // Ids begin with their instant: in their order is in the order of time, also across tenants.
    const shown = rows.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
    cli.print(options.json ? JSON.stringify(shown, null, 2) : listText(shown, cli));
  });
}

async function newest(
  store: Store,
  tenantId: string,
  limit: number,
  since: number | undefined,
): Promise<ListedVerification[]> {
  const rows = await store.verification.list(tenantId, { limit, ...(since !== undefined && { since }) });
  return rows.map((row) => ({ tenantId, ...row }));
}
