import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';

export const unblock: MakeCommand = (cli) =>
  command(
    'unblock',
    'Lift what the rules hold against a range of numbers, a country or a person; it returns if the traffic goes on.',
    'otp unblock +4917012 --tenant acme',
  )
    .argument('<name>', 'as "otp blocks" shows it: +4917012, DE')
    .requiredOption('--tenant <id>', 'whose')
    .action((name: string, { tenant }: { readonly tenant: string }) =>
      withHouse(cli, async ({ store }) => {
        await everyTenant(store, tenant);
        const lifted = await store.abuse.lift(tenant, name);
        if (lifted === 0)
          throw new CliFault(`Nothing is held against "${name}".`, { fix: `otp blocks --tenant ${tenant}` });
        cli.print(`Lifted: nothing is held against ${name} any more.`);
      }),
    );
