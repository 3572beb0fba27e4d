import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { sinceOf } from '../since-of.ts';
import { decisionsText } from '../terminal/decisions-text.ts';
import { withHouse } from '../with-house.ts';

const outcomes = ['allowed', 'monitored', 'degraded', 'refused'] as const;

interface Options {
  readonly tenant?: string;
  readonly since: string;
  readonly outcome?: string;
  readonly limit: string;
  readonly json?: boolean;
}

export const decisions: MakeCommand = (cli) =>
  command(
    'decisions',
    'What the rules against abuse decided, and why, newest first.',
    'otp decisions --since 1h',
    'otp decisions --tenant acme --outcome refused',
  )
    .option('--tenant <id>', 'of one tenant only')
    .option('--since <span>', 'how far back, e.g. 15m, 1h, 7d', '24h')
    .option('--outcome <outcome>', `one of ${outcomes.join(', ')}`)
    .option('--limit <n>', 'at most this many', '50')
    .option('--json', 'JSON instead of a table')
    .action((options: Options) => print(cli, options));

async function print(cli: Cli, options: Options): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new CliFault('--limit is not a whole number from 1 to 10000.');
  const outcome = outcomes.find((one) => one === options.outcome);
  if (options.outcome !== undefined && outcome === undefined)
    throw new CliFault(`--outcome is not one of ${outcomes.join(', ')}.`);
  const since = cli.now() - sinceOf(options.since);
  await withHouse(cli, async ({ store }) => {
    const tenants = await everyTenant(store, options.tenant);
    const found = await Promise.all(
      tenants.map((id) => store.abuse.decisions(id, { since, outcome, limit })),
    );
    const shown = found
      .flat()
      .sort((one, other) => other.at - one.at)
      .slice(0, limit);
    cli.print(options.json ? JSON.stringify(shown, null, 2) : decisionsText(shown, cli));
  });
}
