import { setTimeout as delay } from 'node:timers/promises';
import type { Store, VerificationView } from '@otp-relay/store';
import type { Cli } from '../cli.ts';
import { findVerification } from '../find-verification.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { timelineLines } from '../terminal/timeline-lines.ts';
import { headerText, isAtRest, lineText } from '../terminal/verification-text.ts';
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

const everyMs = 200;
/** Shorter waits for a worker are not worth a line. */
const passingMs = 1_000;

/** Prints the timeline; while watching, each new line as it happens, then the header again with the outcome. */
export async function printTimeline(
  cli: Cli,
  store: Store,
  found: VerificationView,
  watch: boolean,
): Promise<void> {
  cli.print(`${headerText(found, cli.now(), cli)}\n`);
  const { tenantId, id } = found.verification;
  const printed = new Set<number>();
  for (let shown = found; ; ) {
    // At rest before its timeline is read: then the timeline is complete.
    const last = !watch || isAtRest(shown.verification) || cli.signal.aborted;
    const entries = await timelineOf(store, shown);
    // Read after the timeline: then every attempt that names is known.
    shown = (await store.verification.get(tenantId, id)) ?? shown;
    for (const line of timelineLines(shown.verification, entries)) {
      const tooEarly = line.passing && !last && cli.now() - line.at < passingMs;
      if (printed.has(line.seq) || tooEarly) continue;
      printed.add(line.seq);
      cli.print(lineText(line, shown.createdAt, cli));
    }
    if (last) return watch ? cli.print(`\n${headerText(shown, cli.now(), cli)}`) : undefined;
    if (!isAtRest(shown.verification))
      await delay(everyMs, undefined, { signal: cli.signal }).catch(() => undefined);
  }
}
