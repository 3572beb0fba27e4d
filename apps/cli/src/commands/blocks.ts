import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { blocksText } from '../terminal/decisions-text.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly tenant?: string;
  readonly json?: boolean;
}

export const blocks: MakeCommand = (cli) =>
  command(
    'blocks',
    'What the rules against abuse hold against whom, and until when.',
    'otp blocks --tenant acme',
  )
    .option('--tenant <id>', 'of one tenant only')
    .option('--json', 'JSON instead of a table')
    .action(({ tenant, json }: Options) =>
      withHouse(cli, async ({ store }) => {
        const tenants = await everyTenant(store, tenant);
        const found = (await Promise.all(tenants.map((id) => store.abuse.blocks(id)))).flat();
        // The key is a hash that helps nobody.
        const shown = found.map(({ key, ...block }) => block);
        cli.print(json ? JSON.stringify(shown, null, 2) : blocksText(found, cli));
      }),
    );
