import { InvalidArgumentError } from 'commander';
import { runDemo } from '../demo/run-demo.ts';
import { command, type MakeCommand } from '../make-command.ts';

export const demo: MakeCommand = (cli) =>
  command(
    'demo',
    'Start everything on this machine with simulated providers, and watch verifications fall back from WhatsApp to SMS to email.',
    'otp demo',
    'otp demo --once --json    exit code 0 when everything went as promised, 1 when not',
    'OTP_DATA_DIR=/tmp/otp otp demo --port 8080    beside another demo',
  )
    .option('--once', 'stop after the scenarios instead of keeping everything running')
    .option('--port <n>', 'port of the api; by default 3000, or a free one when that is taken', portOf)
    .option('--fresh', 'delete the embedded Postgres of OTP_DATA_DIR first')
    .option('--json', 'the outcome as JSON; everything else goes to stderr')
    .addHelpText(
      'after',
      [
        '\nIt starts Postgres (from npm, data in .data of this repository), simulator, api and worker. Nothing leaves this',
        'machine. OTP_DATA_DIR keeps the data elsewhere, REDIS_URL puts the queues on Redis, DATABASE_URL (an empty',
        'database) is used instead of the embedded Postgres. Ctrl-C stops all of it.',
      ].join('\n'),
    )
    .action((options) => runDemo(cli, options));

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It is a whole number from 0 (any) to 65535.');
}
