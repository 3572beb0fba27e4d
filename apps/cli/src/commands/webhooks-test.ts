import { tryWebhook } from '@otp-relay/engine';
import { findWebhook } from '../find-webhook.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';

type Called = Awaited<ReturnType<typeof tryWebhook>>['called'];

export const webhooksTest: MakeCommand = (cli) =>
  command(
    'test',
    'Call a webhook with a signed event of type webhook.test and say what it answers.',
    'otp webhooks test main --tenant acme',
  )
    .argument('<webhook>', 'its id in the file of tenants')
    .requiredOption('--tenant <id>', 'whose webhook it is')
    .action((id: string, { tenant }: { tenant: string }) =>
      withHouse(cli, async (house) => {
        const webhook = await findWebhook(house.store, tenant, id);
        const { called, tookMs } = await tryWebhook(house, webhook);
        const isFine = called.kind === 'delivered';
        cli.print(
          `${isFine ? cli.paint('good', '✓') : cli.paint('bad', '✗')} ${words(called)}, ${tookMs} ms`,
        );
        if (!isFine) cli.exitCode = 1;
        if (webhook.state === 'disabled')
          cli.note(
            `The webhook is disabled (${webhook.disabledReason}). Enable it: otp webhooks enable ${id} --tenant ${tenant}`,
          );
      }),
    );

function words(called: Called): string {
  if (called.kind === 'delivered') return `answered ${called.status}`;
  if (called.kind === 'gone') return 'answered 410: such an answer to an event disables the webhook';
  if (called.status !== null)
    return `answered ${called.status}; anything from 200 to 299 is taken for "received"`;
  return failures[called.failure] ?? called.failure;
}

const failures: Readonly<Record<string, string>> = {
  address_refused: 'its address is in a private network; OTP_OUTGOING_NETWORKS can allow that',
  plain_http_refused: 'plain http is for networks in OTP_OUTGOING_NETWORKS only; use https',
  port_refused: 'this port is never called',
  unresolved: 'its host name has no address',
  connect_failed: 'nobody listens there',
  tls_failed: 'its certificate is not valid for this host',
  timed_out: 'no answer in time',
  connection_lost: 'hung up without an answer',
  unreadable_answer: 'answered something that is not HTTP',
};
