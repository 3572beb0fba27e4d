import { migrate as migrateStore } from '@otp-relay/store';
import { readConfig } from '../config.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { postgresOf } from '../postgres-of.ts';
import { withHouse } from '../with-house.ts';

export const migrate: MakeCommand = (cli) =>
  command(
    'migrate',
    'Bring the database up to date. Safe to repeat, and while other processes run.',
    'DATABASE_URL=postgres://otp:…@db:5432/otp otp migrate',
  ).action(async () => {
    const postgres = await postgresOf(readConfig(cli.env));
    try {
      const ran = await migrateStore(postgres.url);
      for (const name of ran) cli.print(`${cli.paint('add', '+')} ${name}`);
      // On Postgres the queues have a schema of their own, which BullMQ brings up to date on connect.
      await withHouse(cli, ({ producer }) => producer.ready());
      cli.print(`${cli.paint('good', '✓')} ${ran.length === 0 ? 'Already up to date.' : 'Up to date.'}`);
    } finally {
      await postgres.stop();
    }
  });
