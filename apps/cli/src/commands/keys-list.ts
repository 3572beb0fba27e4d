import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { keysText } from '../terminal/keys-text.ts';
import { withHouse } from '../with-house.ts';

export const keysList: MakeCommand = (cli) =>
  command('list', 'API keys: list them; their secrets are not stored.', 'otp keys list --tenant acme')
    .option('--tenant <id>', 'of one tenant only')
    .option('--json', 'JSON instead of a table')
    .action(({ tenant, json }: { tenant?: string; json?: boolean }) =>
      withHouse(cli, async ({ store }) => {
        const tenants = await everyTenant(store, tenant);
        const keys = (await Promise.all(tenants.map((id) => store.apiKeys.list(id)))).flat();
        cli.print(json ? JSON.stringify(keys, null, 2) : keysText(keys, cli));
      }),
    );
