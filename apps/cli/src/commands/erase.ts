import { createEngine, eraseRecipient, type House, tallyMetrics } from '@otp-relay/engine';
import { createLogger, metrics } from '@otp-relay/runtime';
import { cliActor } from '../actor-of.ts';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import type { CliConfig } from '../config.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly recipient: string;
  readonly tenant: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export const erase: MakeCommand = (cli) =>
  command(
    'erase',
    'Erase a person from everything that is kept; figures without a person stay.',
    'otp erase --tenant acme --recipient +4915112345678 --dry-run',
    'otp erase --tenant acme --recipient ana@example.com --yes',
  )
    .requiredOption('--tenant <id>', 'whose records')
    .requiredOption('--recipient <address>', 'a phone number (E.164) or a mailbox')
    .option('--dry-run', 'say what there is, and erase nothing')
    .option('--force', 'cancel what is under way for this person')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'JSON instead of a sentence')
    .action((options: Options) => run(cli, options));

const run = (cli: Cli, options: Options): Promise<void> =>
  withHouse(cli, async (house, config) => {
    await everyTenant(house.store, options.tenant);
    if (!options.dryRun) await confirm(cli, options);
    const outcome = await withCancel(house, config, options, (cancel) =>
      eraseRecipient(
        {
          tenantId: options.tenant,
          recipient: options.recipient,
          actor: cliActor(),
          dryRun: options.dryRun === true,
          ...(cancel && { cancel }),
        },
        house,
      ),
    );
    if (outcome.kind === 'invalid') throw new CliFault(`--recipient ${outcome.problem}.`);
    if (outcome.kind === 'live')
      throw new CliFault('A code for this person is under way; nothing was erased.', {
        fix: `Wait for its end, or cancel it with --force: ${outcome.ids.slice(0, 5).join(', ')}`,
      });
    if (options.json) return cli.print(JSON.stringify(outcome));
    const { found, rows } = outcome;
    if (outcome.kind === 'planned')
      cli.print(`${found} verifications of this person. Nothing was erased (--dry-run).`);
    else
      cli.print(
        `${cli.paint('good', '✓')} Erased from ${rows.verifications} verifications, ${rows.attempts} attempts, ${rows.entries} timeline entries, ${rows.receipts} receipts, ${rows.counters} counters.`,
      );
    if (rows.unreadable > 0) {
      cli.note(
        `${cli.paint('warn', '!')} ${rows.unreadable} more may be of this person: no key of OTP_KEYS opens their address.`,
      );
      cli.exitCode = 2;
    }
  });

/** Canceling goes through the engine, as everything that changes a verification does. */
async function withCancel<T>(
  house: House,
  config: CliConfig,
  { force, dryRun, tenant }: Options,
  use: (cancel?: (id: string) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  if (!force || dryRun) return use();
  const engine = await createEngine({
    ...house,
    log: createLogger({ name: 'otp', level: 'silent', destination: 'stderr' }),
    tally: tallyMetrics(metrics()),
    publicUrl: config.OTP_PUBLIC_URL,
  });
  try {
    return await use((id) => engine.command({ tenantId: tenant, id, command: 'cancel', by: 'operator' }));
  } finally {
    await engine.close();
  }
}

async function confirm(cli: Cli, { yes, tenant }: Options): Promise<void> {
  if (yes) return;
  if (!cli.ask)
    throw new CliFault('Nobody is there to confirm this.', {
      fix: 'Give --yes to erase without being asked.',
    });
  const answer = await cli.ask(
    `Erase this person from the records of ${tenant}? It cannot be undone. [y/N] `,
  );
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new CliFault('Nothing was erased.');
}
