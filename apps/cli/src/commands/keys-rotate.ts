import { randomBytes } from 'node:crypto';
import { sealedByVersion } from '@otp-relay/engine';
import { createKeyRing } from '@otp-relay/vault';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { nextKeys } from '../next-keys.ts';
import { withHouse } from '../with-house.ts';

export const keysRotate: MakeCommand = (cli) =>
  command(
    'rotate',
    'OTP_KEYS: say the next value of it, one step of three at a time, without a moment of downtime.',
    'otp keys rotate',
    'OTP_KEYS="$(otp keys rotate)"',
  )
    .argument('[id]')
    .action((id: string | undefined) => {
      if (id !== undefined)
        throw new CliFault('"otp keys rotate" is about OTP_KEYS, and takes no id.', {
          fix: `To give an API key a successor: otp keys replace ${/^key_[0-9a-z]{1,26}$/.test(id) ? id : '<id>'}`,
        });
      return rotate(cli);
    });

/** The value alone goes to stdout, so that it can be piped into a secret store; what to do with it to stderr. */
const rotate = (cli: Cli): Promise<void> =>
  withHouse(cli, async ({ store, keys }, { OTP_KEYS }) => {
    if (OTP_KEYS === undefined)
      throw new CliFault('OTP_KEYS is not set: made-up keys of a developer are not rotated.', {
        fix: 'Set OTP_KEYS to what the API and the worker have.',
      });
    const sealed = await sealedByVersion({ store, keys });
    const next = nextKeys(OTP_KEYS, sealed, () => randomBytes(32).toString('base64'));
    if (next.kind === 'reseal_first') {
      cli.note(`${cli.paint('warn', '!')} ${next.count} values are still sealed with older keys.`);
      cli.note('  First: otp keys reseal. Then run this again: it drops the older keys.');
      cli.exitCode = 1;
      return;
    }
    // Whoever typed a key wrong learns it here, not from a process that does not start.
    createKeyRing(next.value);
    cli.note(`${cli.paint('strong', `Step ${next.step} of 3.`)} ${steps[next.step]}\n`);
    cli.print(next.value);
  });

const steps = {
  1: 'A new key, on standby: it opens and does not seal yet. Give this OTP_KEYS to every API, worker and command line, restart them one by one, then run "otp keys rotate" again with it.',
  2: 'Every process knows the new key: now it seals. Give this OTP_KEYS to all of them, restart them one by one, then run "otp keys reseal".',
  3: 'Nothing needs the older keys any more. Give this OTP_KEYS to every process once callers who seal their own codes have read /.well-known/jwks.json again and their old jobs are done (a day is plenty).',
} as const;
