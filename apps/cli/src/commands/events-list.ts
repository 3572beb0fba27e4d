import { publishedTypes } from '@otp-relay/contracts';
import { eventViewOf } from '@otp-relay/engine';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { sinceOf } from '../since-of.ts';
import { eventsText } from '../terminal/events-text.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly tenant?: string;
  readonly since?: string;
  readonly types?: string;
  readonly limit: string;
  readonly json?: boolean;
}

export const eventsList: MakeCommand = (cli) =>
  command(
    'list',
    'List what webhooks were told and what became of it, newest first.',
    'otp events list --tenant acme --since 1h',
  )
    .option('--tenant <id>', 'of one tenant only')
    .option('--since <span>', 'not older than, e.g. 15m, 1h, 7d')
    .option('--types <list>', 'e.g. verification.approved,verification.denied')
    .option('--limit <n>', 'at most this many', '20')
    .option('--json', 'JSON instead of a table')
    .action((options: Options) =>
      withHouse(cli, async ({ store }) => {
        const limit = limitOf(options.limit);
        const filter = {
          ...(options.since !== undefined && { since: cli.now() - sinceOf(options.since) }),
          ...(options.types !== undefined && { types: typesOf(options.types) }),
        };
        const tenants = await everyTenant(store, options.tenant);
        const found = await Promise.all(
          tenants.map(async (tenantId) =>
            (await store.outbox.list(tenantId, { ...filter, limit })).map((event) => ({
              tenantId,
              ...eventViewOf(event),
            })),
          ),
        );
        const shown = found
          .flat()
          .sort((a, b) => (a.id < b.id ? 1 : -1))
          .slice(0, limit);
        cli.print(options.json ? JSON.stringify(shown, null, 2) : eventsText(shown, cli));
      }),
    );

function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 500) return limit;
  throw new CliFault('--limit is not a whole number from 1 to 500.');
}

/** `a,b` as types of events; a fault that names them all when one is none. */
export function typesOf(list: string): readonly string[] {
  const wanted = list.split(',').map((type) => type.trim());
  const known: readonly string[] = publishedTypes;
  if (wanted.every((type) => known.includes(type))) return wanted;
  throw new CliFault('--types holds something that is not a type of event.', {
    fix: `Use ${publishedTypes.join(', ')}, with commas between.`,
  });
}
