import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { sinceOf } from '../since-of.ts';
import { table } from '../terminal/table.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly tenant?: string;
  readonly since: string;
  readonly json?: boolean;
}

export const spend: MakeCommand = (cli) =>
  command(
    'spend',
    'What messages cost by day, against which cap, and what was withheld.',
    'otp spend --since 7d',
  )
    .option('--tenant <id>', 'of one tenant only')
    .option('--since <span>', 'how far back, e.g. 1d, 7d', '1d')
    .option('--json', 'JSON instead of a table')
    .action(({ tenant, since, json }: Options) =>
      withHouse(cli, async ({ store }) => {
        const from = cli.now() - sinceOf(since);
        const tenants = await everyTenant(store, tenant);
        const lines = (
          await Promise.all(
            tenants.map(async (id) =>
              (
                await store.spend.list(id, from)
              ).map(({ spent, ...line }) => ({
                tenantId: id,
                ...line,
                spent: spent / 1_000_000,
              })),
            ),
          )
        ).flat();
        if (json) return cli.print(JSON.stringify(lines, null, 2));
        if (lines.length === 0) return cli.print('Nothing was spent that a cap counts.');
        cli.print(
          table(
            [
              { title: 'day (UTC)' },
              { title: 'tenant', shrinksTo: 6 },
              { title: 'cap' },
              { title: 'spent', align: 'right' },
              { title: 'messages', align: 'right' },
              { title: 'withheld', align: 'right' },
            ],
            lines.map((line) => [
              { text: new Date(line.day).toISOString().slice(0, 10) },
              { text: line.tenantId },
              { text: line.bucket },
              { text: line.spent.toFixed(2) },
              { text: String(line.messages) },
              { text: String(line.withheld), tone: line.withheld > 0 ? ('bad' as const) : ('dim' as const) },
            ]),
            cli,
          ),
        );
      }),
    );
