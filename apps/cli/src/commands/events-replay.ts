import { replayEvents } from '@otp-relay/engine';
import type { ReplayWanted } from '@otp-relay/store';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { sinceOf } from '../since-of.ts';
import { withHouse } from '../with-house.ts';
import { typesOf } from './events-list.ts';

interface Options {
  readonly tenant: string;
  readonly since?: string;
  readonly until?: string;
  readonly types?: string;
}

export const eventsReplay: MakeCommand = (cli) =>
  command(
    'replay',
    'Send events again, whatever became of them: one, or those of a time. Their ids stay the same.',
    'otp events replay evt_01jd3x… --tenant acme',
    'otp events replay --tenant acme --since 2h --until 1h --types verification.approved',
  )
    .argument('[id]', 'of one event')
    .requiredOption('--tenant <id>', 'whose events')
    .option('--since <span>', 'not older than, e.g. 15m, 1h, 7d')
    .option('--until <span>', 'older than, e.g. 5m')
    .option('--types <list>', 'e.g. verification.approved,verification.denied')
    .action((id: string | undefined, options: Options) =>
      withHouse(cli, async (house) => {
        const wanted = wantedOf(cli, id, options);
        await everyTenant(house.store, options.tenant);
        await house.producer.ready();
        const { events, webhooks, through } = await replayEvents(house, options.tenant, wanted);
        if (events === 0)
          throw new CliFault('There is nothing to send again.', {
            fix: 'otp events list shows what is kept; otp webhooks list whether somebody listens.',
          });
        cli.print(`${cli.paint('good', '✓')} ${events} sent again, to ${webhooks.join(', ')}.`);
        if (through !== null)
          cli.note(`There is more: go on from ${new Date(through).toISOString()} with a shorter --since.`);
      }),
    );

function wantedOf(cli: Cli, id: string | undefined, { since, until, types }: Options): ReplayWanted {
  if ((id === undefined) === (since === undefined))
    throw new CliFault('Name one event, or a time with --since.', {
      fix: 'otp events replay evt_… --tenant acme, or: otp events replay --tenant acme --since 1h',
    });
  if (since === undefined) return { id: id ?? '' };
  return {
    since: cli.now() - sinceOf(since),
    ...(until !== undefined && { until: cli.now() - sinceOf(until) }),
    ...(types !== undefined && { types: typesOf(types) }),
  };
}
