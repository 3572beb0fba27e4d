import { reseal, sealedByVersion } from '@otp-relay/engine';
import { cliActor } from '../actor-of.ts';
import type { Cli } from '../cli.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { withHouse } from '../with-house.ts';

export const keysReseal: MakeCommand = (cli) =>
  command(
    'reseal',
    'OTP_KEYS: seal with the newest key what older ones sealed, while everything runs.',
    'otp keys reseal --dry-run',
    'otp keys reseal',
  )
    .option('--dry-run', 'count what each key has sealed, and change nothing')
    .option('--json', 'print { versions, done, unreadable } as JSON')
    .action((options: { dryRun?: boolean; json?: boolean }) => run(cli, options));

const everyMs = 1_000;

const run = (cli: Cli, { dryRun, json }: { dryRun?: boolean; json?: boolean }): Promise<void> =>
  withHouse(cli, async ({ store, keys }) => {
    const before = await sealedByVersion({ store, keys });
    let told = cli.now();
    const { done, unreadable } = dryRun
      ? { done: 0, unreadable: 0 }
      : await reseal(
          { store, keys },
          {
            actor: cliActor(),
            onProgress: (soFar) => {
              if (cli.now() - told < everyMs) return;
              told = cli.now();
              cli.note(`  ${soFar.done} sealed anew`);
            },
          },
        );
    const after = dryRun ? before : await sealedByVersion({ store, keys });
    if (json)
      return cli.print(
        JSON.stringify({ current: keys.current, versions: Object.fromEntries(after), done, unreadable }),
      );
    for (const [version, count] of after)
      cli.print(`  key ${version}: ${count} values${version === keys.current ? ', and seals new ones' : ''}`);
    const left = [...after].reduce(
      (sum, [version, count]) => sum + (version === keys.current ? 0 : count),
      0,
    );
    if (dryRun) return cli.print(`\n${left} to seal anew. Nothing was changed (--dry-run).`);
    if (unreadable > 0) {
      cli.note(
        `${cli.paint('bad', '✗')} ${unreadable} values open with no key of this ring; they stay as they are.`,
      );
      cli.exitCode = 2;
    }
    const older = keys.versions.filter((version) => version !== keys.current && !after.get(version));
    cli.print(`\n${cli.paint('good', '✓')} ${done} sealed anew with key ${keys.current}.`);
    if (left === 0 && older.length > 0)
      cli.print(`Key ${older.join(', ')} may be dropped: otp keys rotate says the value.`);
  });
