import { Command, CommanderError } from 'commander';
import type { Cli, Io } from './cli.ts';
import { commandTable, groups } from './command-table.ts';
import { faultText } from './fault-text.ts';
import { createPaint, wantsColor } from './terminal/paint.ts';

/** Runs one command line and resolves to its exit code: 0 fine, 1 wrong input, 2 something is broken. Never throws. */
export async function runCli(args: readonly string[], io: Io): Promise<0 | 1 | 2> {
  const cli = createCli(args, io);
  try {
    await createProgram(cli).parseAsync([...args], { from: 'user' });
    return cli.exitCode;
  } catch (fault) {
    // Commander has said it already; help and version end this way too.
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : 1;
    const { text, exitCode } = faultText(fault, cli.paint);
    cli.note(text);
    return exitCode;
  }
}

/** Colour is known before the line is parsed: a fault may come first. */
function createCli(args: readonly string[], io: Io): Cli {
  const flag = args.includes('--no-color') ? false : args.includes('--color') ? true : undefined;
  const color = wantsColor({ flag, noColor: io.env.NO_COLOR, term: io.env.TERM, isTty: io.isTty });
  const { stdout, stderr, ...rest } = io;
  return {
    ...rest,
    paint: createPaint(color),
    print: (text) => stdout(`${text}\n`),
    note: (text) => stderr(`${text}\n`),
    exitCode: 0,
  };
}

function createProgram(cli: Cli): Command {
  const program = new Command('otp')
    .description('OTP Relay: one-time codes over WhatsApp, SMS and email, every attempt recorded.')
    .option('--color', 'colours even when the output is no terminal')
    .option('--no-color', 'no colours; NO_COLOR does the same')
    .helpCommand(false)
    .addHelpText('after', '\nStart with:\n  $ otp doctor\n  $ otp tenants apply tenants.yaml --dry-run');
  const made = new Map<string, Command>();
  for (const { group, make } of commandTable) {
    const command = make(cli);
    if (group === undefined) program.addCommand(command);
    else {
      const parent = made.get(group) ?? program.command(group).description(groups[group]).helpCommand(false);
      made.set(group, parent.addCommand(command));
    }
  }
  for (const command of everyCommand(program))
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => cli.print(text.trimEnd()),
        writeErr: (text) => cli.note(text.trimEnd()),
      })
      .configureHelp({ helpWidth: Math.min(cli.columns, 100) })
      .showHelpAfterError('See --help.');
  return program;
}

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
