import { userInfo } from 'node:os';
import { type Purpose, purposes } from '@otp-relay/core';
import { unlockRecipient } from '@otp-relay/engine';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly tenant?: string;
  readonly recipient: string;
  readonly purpose: string;
}

export const unlock: MakeCommand = (cli) =>
  command(
    'unlock',
    'Let a person check codes again after too many wrong ones: 20 within 24 hours, or 100 in a row.',
    'otp unlock --tenant acme --recipient +14155550100 --purpose auth',
    'otp unlock --recipient ana@example.com --purpose password_reset',
  )
    .requiredOption('--recipient <address>', 'phone (E.164) or mailbox; each address is locked by itself')
    .requiredOption('--purpose <name>', `one of ${purposes.join(', ')}`)
    .option('--tenant <id>', 'whose recipient; may be left out when there is one tenant')
    .action((options: Options) => unlockOne(cli, options));

async function unlockOne(cli: Cli, { tenant, recipient, purpose }: Options): Promise<void> {
  if (!isPurpose(purpose))
    throw new CliFault('--purpose is not a purpose.', { fix: `Use one of ${purposes.join(', ')}.` });
  await withHouse(cli, async (house) => {
    const [tenantId, another] = await everyTenant(house.store, tenant);
    if (tenantId === undefined || another !== undefined)
      throw new CliFault('Whose recipient?', { fix: 'Name the tenant: --tenant acme' });
    const by = `cli:${userInfo().username}`;
    const done = await unlockRecipient(house, { tenantId, recipient, purpose, by });
    switch (done.kind) {
      case 'invalid':
        throw new CliFault(`--recipient ${done.problem}.`);
      case 'nothing':
        cli.print(`${done.masked} has no wrong codes on record for ${purpose}: nothing to unlock.`);
        return;
      case 'unlocked':
        cli.print(
          `${cli.paint('good', '✓')} ${done.masked} may check codes for ${purpose} again. Forgotten: ${done.wiped.inRow} wrong in a row, ${done.wiped.inDay} of them today. The audit says it was ${by}.`,
        );
    }
  });
}

const isPurpose = (name: string): name is Purpose => (purposes as readonly string[]).includes(name);
