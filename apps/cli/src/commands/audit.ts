import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { table } from '../terminal/table.ts';
import { withHouse } from '../with-house.ts';

export const audit: MakeCommand = (cli) =>
  command('audit', 'Say who changed what of a tenant, newest first.', 'otp audit --tenant acme')
    .requiredOption('--tenant <id>', 'whose changes')
    .option('--limit <number>', 'how many', '50')
    .option('--json', 'JSON instead of a table')
    .action(({ tenant, limit, json }: { tenant: string; limit: string; json?: boolean }) =>
      withHouse(cli, async ({ store }) => {
        await everyTenant(store, tenant);
        const count = /^\d{1,3}$/.test(limit) ? Math.max(1, Number(limit)) : 50;
        const entries = await store.audit.list(tenant, { limit: count });
        if (json) return cli.print(JSON.stringify(entries, null, 2));
        cli.print(
          table(
            [
              { title: 'when' },
              { title: 'who' },
              { title: 'what' },
              { title: 'of', shrinksTo: 8 },
              { title: 'fields', shrinksTo: 12 },
            ],
            entries.map(({ at, actor, action, subject, detail }) => [
              { text: new Date(at).toISOString(), tone: 'dim' },
              { text: actor },
              { text: action },
              { text: subject },
              { text: wordsOf(detail) },
            ]),
            cli,
          ),
        );
      }),
    );

const wordsOf = (detail: Readonly<Record<string, unknown>>): string =>
  Array.isArray(detail.fields)
    ? detail.fields.join(', ')
    : Object.entries(detail)
        .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
        .join(', ');
