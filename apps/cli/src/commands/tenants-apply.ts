import { readFile } from 'node:fs/promises';
import { applyTenants, type House, planTenants, type TenantsPlan } from '@otp-relay/engine';
import { cliActor } from '../actor-of.ts';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { type FileProblem, type ReadTenantsYaml, readTenantsYaml } from '../read-tenants-yaml.ts';
import { diffText } from '../terminal/diff-text.ts';
import { withHouse } from '../with-house.ts';
import { webhookHints } from './webhook-hints.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const tenantsApply: MakeCommand = (cli) =>
  command(
    'apply',
    'Make the stored tenants agree with a YAML file. Tenants that are not in it stay as they are.',
    'otp tenants apply tenants.yaml --dry-run',
    'ACME_WA_TOKEN=… otp tenants apply tenants.yaml --yes',
  )
    .argument('<file>', `tenants file; ${'$'}{NAME} reads the environment, [sealed] keeps what is stored`)
    .option('--dry-run', 'show what would change, and change nothing')
    .option('-y, --yes', 'do not ask')
    .action((file: string, options: Options) => apply(cli, file, options));

async function apply(cli: Cli, path: string, options: Options): Promise<void> {
  const read = readTenantsYaml(await textOf(path), cli.env);
  if (!read.ok) return refuse(cli, path, read.problems);
  await withHouse(cli, async (house, config) => {
    const plan = await planTenants(house.store, house.keys, read.file);
    if (!plan.ok) return refuse(cli, path, plan.problems.map(read.locate));
    cli.print(diffText(plan.tenants, cli.paint));
    if (!plan.changed) return cli.print(`\nNothing to change: ${count(plan)} as the file says.`);
    if (options.dryRun) return cli.print('\nNothing was changed (--dry-run).');
    await confirm(cli, options);
    await change(cli, path, house, read);
    for (const line of webhookHints(plan.tenants, read.file, config.OTP_PUBLIC_URL)) cli.print(line);
  });
}

async function change(
  cli: Cli,
  path: string,
  { store, keys }: House,
  { file, locate }: Extract<ReadTenantsYaml, { ok: true }>,
): Promise<void> {
  const applied = await applyTenants(store.by(cliActor()), keys, file);
  if (!applied.ok) return refuse(cli, path, applied.problems.map(locate));
  const changed = applied.tenants.filter(({ change }) => change !== 'unchanged').length;
  cli.print(`\n${cli.paint('good', '✓')} Applied: ${changed} tenant${changed === 1 ? '' : 's'} changed.`);
}

const count = (plan: Extract<TenantsPlan, { ok: true }>): string =>
  plan.tenants.length === 1 ? '1 tenant is' : `${plan.tenants.length} tenants are`;

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CliFault(`${path} cannot be read.`, {
      fix: 'Check the path; examples/tenants.yaml shows the format.',
      cause,
    });
  }
}

/** One problem a line, so that editors and people can jump to it. */
function refuse(cli: Cli, path: string, problems: readonly FileProblem[]): void {
  for (const { line, column, text } of problems) {
    const at = [path, line, column].filter((part) => part !== undefined).join(':');
    cli.note(`${cli.paint('strong', at)} ${text}`);
  }
  const total = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  cli.note(`${cli.paint('bad', '✗')} ${total}; nothing was changed.`);
  cli.exitCode = 1;
}

async function confirm(cli: Cli, { yes }: Options): Promise<void> {
  if (yes) return;
  if (!cli.ask)
    throw new CliFault('Nobody is there to confirm this.', {
      fix: 'Give --yes to apply without being asked.',
    });
  const answer = await cli.ask('\nApply this? [y/N] ');
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new CliFault('Nothing was changed.');
}
