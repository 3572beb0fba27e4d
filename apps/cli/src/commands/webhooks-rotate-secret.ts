import { keepOldSecretMs, rotateWebhookSecret } from '@otp-relay/engine';
import { CliFault } from '../cli-fault.ts';
import { findWebhook } from '../find-webhook.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { parseSpan, shortSpan } from '../terminal/spans.ts';
import { withHouse } from '../with-house.ts';

export const webhooksRotateSecret: MakeCommand = (cli) =>
  command(
    'rotate-secret',
    'Give a webhook a new secret; calls are signed with both for a while.',
    'otp webhooks rotate-secret main --tenant acme',
    'otp webhooks rotate-secret main --tenant acme --keep 0s',
  )
    .argument('<webhook>', 'its id in the file of tenants')
    .requiredOption('--tenant <id>', 'whose webhook it is')
    .option('--keep <span>', 'how long the old secret goes on signing; 0s when it leaked', '24h')
    .action((id: string, { tenant, keep }: { tenant: string; keep: string }) =>
      withHouse(cli, async ({ store, keys }) => {
        const keepMs = keepOf(keep);
        const webhook = await findWebhook(store, tenant, id);
        const secret = await rotateWebhookSecret(store, keys, webhook, { now: await store.now(), keepMs });
        cli.print(secret.reveal());
        cli.note(
          keepMs === 0
            ? '\nGive it to the receiver now: calls are signed with it alone.'
            : `\nGive it to the receiver within ${shortSpan(keepMs)}: until then calls are signed with the old secret, too.`,
        );
      }),
    );

function keepOf(text: string): number {
  if (/^0[smhd]?$/.test(text)) return 0;
  const ms = parseSpan(text);
  if (ms !== undefined && ms <= 30 * keepOldSecretMs) return ms;
  throw new CliFault('--keep is not a span of time up to 30d.', {
    fix: 'Use a number and s, m, h or d: 24h, 7d; 0s ends the old secret now.',
  });
}
