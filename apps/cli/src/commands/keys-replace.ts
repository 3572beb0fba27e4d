import { replaceApiKey } from '@otp-relay/engine';
import { cliActor } from '../actor-of.ts';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { parseSpan } from '../terminal/spans.ts';
import { withHouse } from '../with-house.ts';

export const keysReplace: MakeCommand = (cli) =>
  command(
    'replace',
    'API key: make another one that may do the same; the old one ends after a while.',
    'otp keys replace key_01jd3x… --grace 24h',
  )
    .argument('<id>', 'as "otp keys list" shows it')
    .option('--grace <span>', 'how long the old key still works', '24h')
    .option('--json', 'print { id, secret, oldEndsAt } as JSON')
    .action((id: string, { grace, json }: { grace: string; json?: boolean }) => {
      const graceMs = grace === '0' ? 0 : parseSpan(grace);
      if (graceMs === undefined)
        throw new CliFault('--grace is not a span of time.', {
          fix: 'Use a number and s, m, h or d: 1h, 7d; or 0.',
        });
      return withHouse(cli, async ({ store, pepper }) => {
        const now = await store.now();
        for (const tenantId of await everyTenant(store, undefined)) {
          const by = store.by(cliActor());
          const made = await replaceApiKey(by, pepper, { tenantId, id }, { graceMs, now });
          if (!made) continue;
          const oldEndsAt = new Date(made.oldEndsAt).toISOString();
          const secret = made.secret.reveal();
          if (json) return cli.print(JSON.stringify({ id: made.id, secret, oldEndsAt }));
          cli.note(`${made.id} for ${tenantId} replaces ${id}, which works until ${oldEndsAt}\n`);
          cli.print(secret);
          return cli.note('\nThis is shown once and stored nowhere.');
        }
        throw new CliFault(`There is no working key "${id}".`, {
          fix: 'otp keys list shows their ids and states.',
        });
      });
    });
