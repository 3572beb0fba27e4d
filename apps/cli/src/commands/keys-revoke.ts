import { cliActor } from '../actor-of.ts';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';

export const keysRevoke: MakeCommand = (cli) =>
  command('revoke', 'API key: make it stop working, for good.', 'otp keys revoke key_01jd3x…')
    .argument('<id>', 'as "otp keys list" shows it')
    .action((id: string) =>
      withHouse(cli, async ({ store }) => {
        const tenants = await everyTenant(store, undefined);
        const revoked = await Promise.all(
          tenants.map((tenant) => store.by(cliActor()).apiKeys.revoke(tenant, id)),
        );
        if (!revoked.includes(true))
          throw new CliFault(`There is no working key "${id}".`, {
            fix: 'otp keys list shows their ids and states.',
          });
        cli.print(`${cli.paint('good', '✓')} ${id} is revoked; running APIs notice within 5 seconds.`);
      }),
    );
