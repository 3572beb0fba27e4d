import { OtpClient, type SendRequest } from '@otp-relay/client';
import type { Channel, Purpose } from '@otp-relay/core';
import type { House } from '@otp-relay/engine';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { type CliConfig, readConfig } from '../config.ts';
import { everyTenant } from '../every-tenant.ts';
import { findVerification } from '../find-verification.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';
import { printTimeline } from './show.ts';

interface Options {
  readonly tenant?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly purpose: Purpose;
  readonly locale?: string;
  readonly route?: string;
  readonly key?: string;
  readonly via?: string;
  readonly watch?: boolean;
}

export const send: MakeCommand = (cli) =>
  command(
    'send',
    'Send a code, as a calling service would: over HTTP when OTP_API_KEY is set, else through the queue.',
    'otp send --tenant acme --phone +14155550100 --email ana@example.com',
    'OTP_API_KEY=otp_live_… otp send --phone +14155550100 --route sms,email --watch',
  )
    .option('--tenant <id>', 'who sends; over HTTP the API key says so')
    .option('--phone <number>', 'E.164, e.g. +14155550100')
    .option('--email <mailbox>', 'e.g. ana@example.com')
    .option('--purpose <word>', 'sign_up, auth, password_reset', 'auth')
    .option('--locale <tag>', 'language of the message, e.g. pt-BR')
    .option('--route <channels>', "narrows and reorders the tenant's route, e.g. sms,email")
    .option('--key <text>', 'idempotency key: the same key is the same verification')
    .option('--via <way>', 'http or queue')
    .option('-w, --watch', 'follow the verification (over HTTP, and with access to its database)')
    .action((options: Options) => {
      const config = readConfig(cli.env);
      const via = options.via ?? (config.OTP_API_KEY === undefined ? 'queue' : 'http');
      if (via === 'http') return sendHttp(cli, options, config);
      if (via === 'queue') return withHouse(cli, (house) => sendQueue(cli, options, house));
      throw new CliFault('--via is neither "http" nor "queue".');
    });

const requestOf = ({ phone, email, purpose, locale, route, key }: Options): SendRequest => ({
  to: { ...(phone !== undefined && { phone }), ...(email !== undefined && { email }) },
  purpose,
  ...(locale !== undefined && { locale }),
  ...(route !== undefined && { route: route.split(',').map((channel) => channel.trim() as Channel) }),
  ...(key !== undefined && { idempotencyKey: key }),
});

async function sendHttp(cli: Cli, options: Options, config: CliConfig): Promise<void> {
  if (config.OTP_API_KEY === undefined)
    throw new CliFault('OTP_API_KEY is not set.', { fix: 'Make a key with: otp keys create --tenant <id>' });
  const client = new OtpClient({ url: config.OTP_URL ?? config.OTP_PUBLIC_URL, apiKey: config.OTP_API_KEY });
  try {
    const { id, deduplicated, to, route } = await client.send(requestOf(options));
    const joined = deduplicated ? ', joined one that was running' : '';
    cli.note(`${cli.paint('good', '✓')} ${to}, ${route.join(' → ')}${joined}`);
    cli.print(id);
    if (options.watch)
      await withHouse(cli, async ({ store }) =>
        printTimeline(cli, store, await findVerification(store, id), true),
      );
    else cli.note(`  otp show ${id} --watch`);
  } finally {
    await client.close();
  }
}

async function sendQueue(cli: Cli, options: Options, { backend, store, producer }: House): Promise<void> {
  const { tenant } = options;
  if (tenant === undefined)
    throw new CliFault('--tenant is missing.', {
      fix: 'A job names its tenant; or set OTP_API_KEY to go over HTTP.',
    });
  await everyTenant(store, tenant);
  // On Postgres the queues are tables, which the first process to come makes.
  if (backend.kind === 'postgres') await producer.ready();
  const client =
    backend.kind === 'redis'
      ? new OtpClient({
          redis: backend.url,
          tenant,
          ...(backend.prefix !== undefined && { prefix: backend.prefix }),
        })
      : new OtpClient({
          postgres: backend.url,
          tenant,
          ...(backend.schema !== undefined && { schema: backend.schema }),
        });
  try {
    const { jobId } = await client.send(requestOf(options));
    cli.note(`${cli.paint('good', '✓')} queued for ${tenant}; a worker takes it from here`);
    cli.print(jobId);
    cli.note(`  otp list --tenant ${tenant} --limit 1`);
  } finally {
    await client.close();
  }
}
