import { Command } from 'commander';
import type { Cli } from './cli.ts';

/** Makes one command. Its action prints through `cli`, throws `CliFault`, and sets `cli.exitCode` when the answer is bad news. */
export type MakeCommand = (cli: Cli) => Command;

/** A command with its one-line summary and at least one example at the end of its help. */
export const command = (
  name: string,
  summary: string,
  ...examples: readonly [string, ...string[]]
): Command =>
  new Command(name)
    .description(summary)
    .addHelpText(
      'after',
      `\nExample${examples.length === 1 ? '' : 's'}:\n${examples.map((line) => `  $ ${line}`).join('\n')}`,
    );
