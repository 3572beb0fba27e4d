import { CliFault } from '../cli-fault.ts';
import { findWebhook } from '../find-webhook.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';

export const webhooksEnable: MakeCommand = (cli) =>
  command(
    'enable',
    'Enable a webhook again that answered 410 or failed for days.',
    'otp webhooks enable main --tenant acme',
  )
    .argument('<webhook>', 'its id in the file of tenants')
    .requiredOption('--tenant <id>', 'whose webhook it is')
    .action((id: string, { tenant }: { tenant: string }) =>
      withHouse(cli, async ({ store }) => {
        await findWebhook(store, tenant, id);
        if (!(await store.webhooks.enable(tenant, id))) throw new CliFault(`${id} is enabled already.`);
        cli.print(`${cli.paint('good', '✓')} ${id} is enabled.`);
        cli.note(`What it missed: otp events replay --tenant ${tenant} --since 1d`);
      }),
    );
