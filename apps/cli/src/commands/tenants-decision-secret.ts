import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';

export const tenantsDecisionSecret: MakeCommand = (cli) =>
  command(
    'decision-secret',
    "Print the secret that signs questions to the tenant's decision URL (Standard Webhooks).",
    'otp tenants decision-secret acme',
  )
    .argument('<tenant>', 'its id')
    .option('--secret-version <n>', 'as in "decision.secretVersion" of the tenant', '1')
    .action((tenant: string, options: { readonly secretVersion: string }) =>
      withHouse(cli, async ({ store, pepper }) => {
        await everyTenant(store, tenant);
        const version = Number(options.secretVersion);
        if (!Number.isInteger(version) || version < 1)
          throw new CliFault('--secret-version is not a whole number from 1.');
        cli.print(pepper.decisionSecret(tenant, version).reveal());
      }),
    );
