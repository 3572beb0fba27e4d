import { setTimeout as delay } from 'node:timers/promises';
import type { Store, VerificationView } from '@otp-relay/store';
import type { Cli } from '../cli.ts';
import { findVerification } from '../find-verification.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { headerText, isAtRest, timelineText } from '../terminal/verification-text.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly json?: boolean;
  readonly watch?: boolean;
}

export const show: MakeCommand = (cli) =>
  command(
    'show',
    'Print what happened to a verification: every attempt, and why each step was left.',
    'otp show vrf_01jd3x --watch',
  )
    .argument('<id>', 'verification or attempt id, or a beginning that no other has')
    .option('--json', 'the verification and its timeline as JSON')
    .option('-w, --watch', 'follow it until nothing more happens by itself')
    .action((id: string, options: Options) =>
      withHouse(cli, async ({ store }) => {
        const found = await findVerification(store, id);
        if (options.json) return printJson(cli, store, found);
        await printTimeline(cli, store, found, options.watch ?? false);
      }),
    );

const timelineOf = (store: Store, { verification }: VerificationView) =>
  store.verification.timeline(verification.tenantId, verification.id);

async function printJson(cli: Cli, store: Store, found: VerificationView): Promise<void> {
  const { verification, recipientMasked, createdAt } = found;
  const timeline = await timelineOf(store, found);
  cli.print(JSON.stringify({ ...verification, to: recipientMasked, createdAt, timeline }, null, 2));
}

const everyMs = 250;

/** Prints the timeline; while watching, each new line as it happens, then the header again with the outcome. */
export async function printTimeline(
  cli: Cli,
  store: Store,
  found: VerificationView,
  watch: boolean,
): Promise<void> {
  cli.print(`${headerText(found, cli.now(), cli)}\n`);
  let shown = found;
  for (let printed = 0; ; ) {
    const lines = timelineText(shown, await timelineOf(store, shown), cli);
    for (const line of lines.slice(printed)) cli.print(line);
    printed = lines.length;
    if (!watch || isAtRest(shown.verification) || cli.signal.aborted) break;
    await delay(everyMs, undefined, { signal: cli.signal }).catch(() => undefined);
    const { tenantId, id } = shown.verification;
    shown = (await store.verification.get(tenantId, id)) ?? shown;
  }
  if (watch) cli.print(`\n${headerText(shown, cli.now(), cli)}`);
}
