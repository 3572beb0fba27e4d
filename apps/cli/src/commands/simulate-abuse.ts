import { type AbuseReport, simulateAbuse } from '@otp-relay/engine';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { simulationText } from '../terminal/simulation-text.ts';
import { withHouse } from '../with-house.ts';

/** Fewer honest people meet smaller attacks. */
const fullPeople = 20_000;

interface Options {
  readonly seed: string;
  readonly people: string;
  readonly tenant?: string;
  readonly json?: boolean;
}

export const simulateAbuseCommand: MakeCommand = (cli) =>
  command(
    'simulate-abuse',
    'Play a day of honest people and SMS-pumping attacks to the rules, in virtual time; nothing is sent.',
    'otp simulate-abuse --seed 7',
    'otp simulate-abuse --tenant acme',
  )
    .option('--seed <n>', 'the same seed plays the same day', '1')
    .option('--people <n>', 'honest people in the day', '20000')
    .option('--tenant <id>', "with this tenant's rules instead of the defaults")
    .option('--json', 'JSON instead of a table')
    .action((options: Options) => run(cli, options));

async function run(cli: Cli, options: Options): Promise<void> {
  const seed = wholeNumber('--seed', options.seed, 0, 2 ** 32 - 1);
  const people = wholeNumber('--people', options.people, 1_000, 1_000_000);
  const abuse = options.tenant === undefined ? undefined : await rulesOf(cli, options.tenant);
  const report: AbuseReport = await simulateAbuse({
    seed,
    people,
    attackScale: Math.min(1, people / fullPeople),
    abuse,
  });
  cli.print(options.json ? JSON.stringify(report, null, 2) : simulationText(report, cli));
}

/** The installation is only asked for the rules; the simulation touches nothing of it. */
const rulesOf = (cli: Cli, tenantId: string): Promise<unknown> =>
  withHouse(cli, async ({ store }) => {
    await everyTenant(store, tenantId);
    const config: unknown = (await store.tenants.get(tenantId))?.config;
    return typeof config === 'object' && config !== null && 'abuse' in config ? config.abuse : undefined;
  });

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new CliFault(`${name} is not a whole number from ${min} to ${max}.`);
}
