import { type Purpose, purposes } from '@otp-relay/core';
import { type LimitsAsk, lookAtLimits, resetLimits } from '@otp-relay/engine';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { limitsText } from '../terminal/limits-text.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly tenant?: string;
  readonly recipient?: string;
  readonly ip?: string;
  readonly device?: string;
  readonly purpose: string;
  readonly test?: boolean;
  readonly json?: boolean;
}

export const limits: MakeCommand = (cli) =>
  command(
    'limits',
    'Show how much of its limits somebody has used and what was refused; "reset" forgets it.',
    'otp limits --tenant acme --recipient +14155550100',
    'otp limits --ip 2001:db8::7',
    'otp limits reset --tenant acme --recipient ana@example.com',
  )
    .argument('[reset]', 'forget what was counted, so that the next code goes out at once')
    .option('--tenant <id>', 'may be left out when there is one tenant')
    .option('--recipient <address>', 'phone (E.164) or mailbox')
    .option('--ip <address>', 'of an end user, IPv4 or IPv6')
    .option('--device <token>', 'of an end user')
    .option('--purpose <name>', `whose cool-down: one of ${purposes.join(', ')}`, 'auth')
    .option('--test', 'of test keys: theirs are counted apart')
    .option('--json', 'JSON instead of a table')
    .action((reset: string | undefined, options: Options) => {
      if (reset !== undefined && reset !== 'reset')
        throw new CliFault(`"${reset}" is nothing to do with limits.`, {
          fix: 'otp limits, or otp limits reset',
        });
      return reset ? forget(cli, options) : look(cli, options);
    });

const look = (cli: Cli, options: Options): Promise<void> =>
  withHouse(cli, async (house) => {
    const tenantId = await oneTenant(house.store, options.tenant);
    const seen = await lookAtLimits(askOf(tenantId, options), house);
    if (seen.kind === 'invalid') throw new CliFault(`Cannot look: ${seen.problem}.`);
    const { lines, refusals } = seen;
    cli.print(
      options.json
        ? JSON.stringify({ lines, refusals: refusals.map(({ subject: _, ...rest }) => rest) }, null, 2)
        : limitsText(seen, cli),
    );
  });

const forget = (cli: Cli, options: Options): Promise<void> =>
  withHouse(cli, async (house) => {
    const tenantId = await oneTenant(house.store, options.tenant);
    const done = await resetLimits(askOf(tenantId, options), house);
    if (done.kind === 'invalid') throw new CliFault(`Cannot reset: ${done.problem}.`);
    cli.print(
      done.buckets === 0
        ? 'Nothing was counted: there was nothing to reset.'
        : `${cli.paint('good', '✓')} Forgotten: the next code goes out at once.`,
    );
  });

async function oneTenant(
  store: Parameters<typeof everyTenant>[0],
  wanted: string | undefined,
): Promise<string> {
  const [tenantId, another] = await everyTenant(store, wanted);
  if (tenantId === undefined || another !== undefined)
    throw new CliFault('Whose limits?', { fix: 'Name the tenant: --tenant acme' });
  return tenantId;
}

function askOf(tenantId: string, { recipient, ip, device, purpose, test }: Options): LimitsAsk {
  if (!isPurpose(purpose))
    throw new CliFault('--purpose is not a purpose.', { fix: `Use one of ${purposes.join(', ')}.` });
  const endUser = ip === undefined && device === undefined ? undefined : { ip, device };
  return { tenantId, mode: test ? 'test' : 'live', purpose, recipient, endUser };
}

const isPurpose = (name: string): name is Purpose => (purposes as readonly string[]).includes(name);
