import { planRetention, runRetention } from '@otp-relay/engine';
import { cliActor } from '../actor-of.ts';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { table } from '../terminal/table.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly tenant?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export const retentionRun: MakeCommand = (cli) =>
  command(
    'run',
    'Delete now what is older than its tenant keeps it; the worker does it every ten minutes.',
    'otp retention run --dry-run',
    'otp retention run --tenant acme',
  )
    .option('--tenant <id>', 'of one tenant only')
    .option('--dry-run', 'count what would be deleted, and delete nothing')
    .option('--json', 'JSON instead of a table')
    .action((options: Options) => run(cli, options));

const run = (cli: Cli, { tenant, dryRun, json }: Options): Promise<void> =>
  withHouse(cli, async ({ store }) => {
    await everyTenant(store, tenant);
    const log = {
      debug() {},
      info() {},
      error() {},
      warn: (about: object, message: string) => cli.note(`! ${message} ${JSON.stringify(about)}`),
    };
    const only = tenant === undefined ? {} : { only: tenant };
    const counts = dryRun
      ? await planRetention(store, log, tenant)
      : await runRetention(store, log, {
          actor: cliActor(),
          signal: cli.signal,
          onProgress: (id, soFar) => cli.note(`  ${id}: ${soFar.verifications} verifications so far`),
          ...only,
        });
    if (!counts)
      throw new CliFault('Another process is deleting right now.', { fix: 'Try again in a moment.' });
    if (json)
      return cli.print(
        JSON.stringify({ dryRun: dryRun === true, tenants: Object.fromEntries(counts) }, null, 2),
      );
    cli.print(
      table(
        [
          { title: 'tenant', shrinksTo: 8 },
          { title: 'verifications' },
          { title: 'receipts' },
          { title: 'refused jobs' },
        ],
        [...counts].map(([id, gone]) => [
          { text: id },
          { text: String(gone.verifications) },
          { text: String(gone.receipts) },
          { text: String(gone.rejectedJobs) },
        ]),
        cli,
      ),
    );
    cli.print(dryRun ? '\nNothing was deleted (--dry-run).' : `\n${cli.paint('good', '✓')} Deleted.`);
  });
