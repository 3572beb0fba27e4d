import type { World } from '@otp-relay/e2e/world';
import { waitFor } from '@otp-relay/testkit';
import { fakeTime } from '../faults/fake-time.ts';
import { recipients } from '../load/recipients.ts';
import { seeded } from '../random.ts';
import { type LedgerRow, readLedger } from '../records/ledger.ts';
import { readTimeline, type TimelineRow } from '../records/timeline.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { openStage, type Stage } from '../stage/open-stage.ts';

const tenMinutesMs = 600_000;
/** The shortest a code may live. */
const lifeMs = 60_000;
const beforeMs = 2_000;
const afterMs = 50;
const stepMs = 5_000;
/** A fallback this late was found by the sweeper at best. */
const lateMs = 2_500;

/** Row 11: an api and a worker whose machines' clocks are wrong, in opposite directions, beside a worker that is right. */
export const wrongClocks: Row = {
  rows: [11],
  title: 'clocks ten minutes wrong, with faketime',
  quick: false,
  async run(context) {
    if (!fakeTime(0)) {
      context.log('not run: needs faketime (Debian: apt install faketime)');
      return [];
    }
    const found: Found[] = [];
    for (const apiOffMs of directions(context)) {
      const stage = await openStage({
        workers: 1,
        // What is asked is a resend: a limit would answer before the clock does.
        tenant: { whatsappMs: stepMs, smsMs: stepMs, more: { limits: { recipient: null } } },
      });
      try {
        found.push(await measure(stage, apiOffMs, context));
      } finally {
        await stage.close();
      }
    }
    return [figureOf(found)];
  },
};

/** Both ways round, or the one that the seed says when there is no time for both. */
function directions({ seed, budgetMs }: RowContext): readonly number[] {
  const both = [tenMinutesMs, -tenMinutesMs];
  return budgetMs >= 200_000 ? both : [seeded(seed).pick(both)];
}

/** What went wrong under one pair of wrong clocks. */
interface Found {
  readonly asked: number;
  /** Those answered before their end: only they can have been refused early. */
  readonly askedInTime: number;
  /** Commands obeyed after the code's life, and refused before its end. */
  readonly obeyedLate: number;
  readonly refusedEarly: number;
  /** Lives that are not what was asked for, and ends recorded before their time. */
  readonly wrongLives: number;
  /** Bells that counted as an operator's, and fallbacks before their deadline or long after. */
  readonly takenForOperator: number;
  readonly wrongFallbacks: number;
}

async function measure(stage: Stage, apiOffMs: number, { seed, short, log }: RowContext): Promise<Found> {
  const { world, database } = stage;
  log(`api ${apiOffMs / 1_000} s off, one of two workers ${-apiOffMs / 1_000} s off`);
  await world.startWorker(fakeTime(-apiOffMs));
  await world.api().kill();
  await world.startApi(fakeTime(apiOffMs));

  const next = recipients(seeded(seed));
  const count = short ? 20 : 200;
  const askedFrom = Date.now();
  const ids = await Promise.all(Array.from({ length: count }, () => world.send({ ...next(), lifeMs })));
  const askedUntil = Date.now();
  const born = await readLedger(database, world.tenantId);
  const wrongLives = born.filter(
    (row) =>
      row.expiresAt - row.createdAt !== lifeMs ||
      row.createdAt < askedFrom - 500 ||
      row.createdAt > askedUntil + 500,
  );
  const none = { asked: ids.length, askedInTime: 0, obeyedLate: 0, refusedEarly: 0 };
  // Waiting for ends that are minutes off would be waiting in vain.
  if (wrongLives.length > 0)
    return { ...none, wrongLives: wrongLives.length, takenForOperator: 0, wrongFallbacks: 0 };
  const verdicts = await Promise.all(born.map((row) => askAroundTheEnd(world, row)));
  const expired = async (): Promise<boolean> =>
    (await readLedger(database, world.tenantId)).every((row) => row.status === 'expired');
  await waitFor('everything to be expired', expired, { timeoutMs: 10_000, everyMs: 250 });

  const ledger = await readLedger(database, world.tenantId);
  const timeline = await readTimeline(database, world.tenantId);
  const lines = [...timeline.values()].flat();
  return {
    asked: ids.length,
    askedInTime: verdicts.filter((verdict) => verdict.askedInTime).length,
    obeyedLate: verdicts.filter((verdict) => verdict.obeyedLate).length,
    refusedEarly: verdicts.filter((verdict) => verdict.refusedEarly).length,
    wrongLives: ledger.filter((row) => endedEarly(row, timeline)).length,
    takenForOperator: lines.filter((line) => line.type === 'next').length,
    wrongFallbacks: lines.filter((line) => isWrongFallback(line, timeline.get(line.id) ?? [])).length,
  };
}

interface Verdict {
  readonly askedInTime: boolean;
  readonly refusedEarly: boolean;
  readonly obeyedLate: boolean;
}

async function askAroundTheEnd(world: World, { id, expiresAt }: LedgerRow): Promise<Verdict> {
  await at(expiresAt - beforeMs);
  const finalBefore = await isFinal(world, id);
  const askedInTime = Date.now() < expiresAt;
  await at(expiresAt + afterMs);
  const finalAfter = await isFinal(world, id);
  return { askedInTime, refusedEarly: askedInTime && finalBefore, obeyedLate: !finalAfter };
}

/** Asks for a resend: refused as final, or not. Whether there was anything to resend does not matter. */
async function isFinal(world: World, id: string): Promise<boolean> {
  try {
    await world.client.resend(id);
    return false;
  } catch (fault) {
    const code = (fault as { code?: string }).code;
    if (code === 'OTP_FINAL') return true;
    if (code === 'OTP_NOTHING_TO_DO') return false;
    throw fault;
  }
}

const endedEarly = (row: LedgerRow, timeline: ReadonlyMap<string, readonly TimelineRow[]>): boolean =>
  timeline.get(row.id)?.some((line) => line.type === 'expired' && line.at < row.expiresAt) ?? false;

function isWrongFallback(ended: TimelineRow, lines: readonly TimelineRow[]): boolean {
  if (ended.type !== 'attempt_timed_out') return false;
  const heard = lines.find(
    (line) =>
      line.attemptId === ended.attemptId &&
      (line.type === 'attempt_accepted' || line.type === 'attempt_sent'),
  );
  const off = heard ? ended.at - heard.at - stepMs : 0;
  return off < 0 || off > lateMs;
}

const at = (instant: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, instant - Date.now()));
  });

function figureOf(found: readonly Found[]): Figure {
  const sum = (of: (one: Found) => number): number => found.reduce((total, one) => total + of(one), 0);
  const inTime = sum((f) => f.askedInTime);
  const late = sum((f) => f.obeyedLate);
  const early = sum((f) => f.refusedEarly);
  const lives = sum((f) => f.wrongLives);
  const operator = sum((f) => f.takenForOperator);
  const fallbacks = sum((f) => f.wrongFallbacks);
  return {
    row: 11,
    figure: 'process clock off by ±10 min',
    value: `accepted after expiry ${late}, refused before it ${early}`,
    target: 'accepted after expiry 0, refused before it 0',
    pass: late + early + lives + operator + fallbacks === 0 && inTime > 0,
    detail: `${sum((f) => f.asked)} codes, commands ${beforeMs / 1_000} s before (${inTime} answered in time) and ${afterMs} ms after the end; wrong lives ${lives}, bells taken for an operator ${operator}, fallbacks early or more than ${lateMs / 1_000} s late ${fallbacks}`,
  };
}
