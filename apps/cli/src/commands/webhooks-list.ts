import { showWebhookSecrets } from '@otp-relay/engine';
import type { StoredWebhook } from '@otp-relay/store';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { webhooksText } from '../terminal/webhooks-text.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly tenant?: string;
  readonly showSecrets?: boolean;
  readonly json?: boolean;
}

export const webhooksList: MakeCommand = (cli) =>
  command(
    'list',
    'List the webhooks of tenants and how their calls go.',
    'otp webhooks list --tenant acme',
    'otp webhooks list --tenant acme --show-secrets',
  )
    .option('--tenant <id>', 'of one tenant only')
    .option('--show-secrets', 'with the secrets that sign the calls, for the receiver')
    .option('--json', 'JSON instead of a table')
    .action(({ tenant, showSecrets, json }: Options) =>
      withHouse(cli, async (house) => {
        if (tenant !== undefined) await everyTenant(house.store, tenant);
        const stored = await house.store.webhooks.list(tenant ?? null);
        const webhooks = await Promise.all(
          stored.map(async (webhook) => ({
            ...shownOf(webhook),
            ...(showSecrets && { secrets: await showWebhookSecrets(house, webhook.tenantId, webhook.id) }),
          })),
        );
        cli.print(json ? JSON.stringify(webhooks, null, 2) : webhooksText(webhooks, cli));
      }),
    );

const shownOf = ({ sealedSecrets: _, ...webhook }: StoredWebhook) => webhook;
