import { countAttempts } from '../count-attempts.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { sinceOf } from '../since-of.ts';
import { failuresText } from '../terminal/failures-text.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly since: string;
  readonly tenant?: string;
  readonly json?: boolean;
}

export const failures: MakeCommand = (cli) =>
  command(
    'failures',
    'Say why attempts failed: by channel, provider, code and country.',
    'otp failures --since 1h',
    'otp failures --since 7d --tenant acme',
  )
    .option('--since <span>', 'how far back, e.g. 15m, 1h, 7d', '1h')
    .option('--tenant <id>', 'of one tenant only')
    .option('--json', 'JSON instead of a table')
    .action(({ since, tenant, json }: Options) => {
      const sinceMs = sinceOf(since);
      return withHouse(cli, async ({ store }) => {
        const from = cli.now() - sinceMs;
        const tenants = await everyTenant(store, tenant);
        const groups = await store.failures(tenant ?? null, from);
        const attempts = await countAttempts(store, tenants, from);
        cli.print(
          json
            ? JSON.stringify({ attempts, groups }, null, 2)
            : failuresText({ attempts, groups }, sinceMs, cli),
        );
      });
    });
