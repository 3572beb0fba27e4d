import { failedChecksOf } from '../codes/failed-checks.ts';
import { seeded } from '../random.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { type CheckStage, openCheckStage } from '../stage/open-check-stage.ts';

const perDay = 20;
const inRow = 100;
const code = '736251';
/** More days than it takes to be locked for good. */
const days = 8;
/** More verifications a day than it takes. */
const verificationsPerDay = { full: 20, short: 6 } as const;

/**
 * Row 15: somebody who guesses and never gives up: new verifications, resends, other channels, an address left out or
 * spelled otherwise, two processes, many guesses at once, Redis lost meanwhile. Days pass as the ledger tells time.
 */
export const cumulativeGuesses: Row = {
  rows: [15],
  title: 'guessing on over resends, new verifications and channels',
  quick: true,
  async run(context) {
    const stage = await openCheckStage();
    try {
      return [await measure(stage, context)];
    } finally {
      await stage.close();
    }
  },
};

async function measure(stage: CheckStage, context: RowContext): Promise<Figure> {
  const perDayCompared: number[] = [];
  for (let day = 0; day < days; day += 1) {
    perDayCompared.push(await guessAllDay(stage, day, context));
    context.log(`day ${day + 1}: ${perDayCompared.at(-1)} compared`);
    await nextDay(stage);
  }
  const total = perDayCompared.reduce((sum, count) => sum + count, 0);
  const most = Math.max(...perDayCompared);

  // Locked for good by now: even the right code is not compared, for this purpose only.
  const lockedOut = await isRefused(stage, 'auth');
  const othersMayCheck = !(await isRefused(stage, 'sign_up'));
  return {
    row: 15,
    figure: 'wrong checks accepted over resends, new verifications, channels',
    value: `${most} a day, ${total} in a row`,
    target: `≤ ${perDay} a day, ≤ ${inRow} in a row`,
    pass: most === perDay && total === inRow && lockedOut && othersMayCheck,
    detail: `compared per day ${perDayCompared.join(', ')}; then the right code ${lockedOut ? 'is refused' : 'PASSES'}, and ${othersMayCheck ? 'passes' : 'IS REFUSED'} for another purpose`,
  };
}

const email = 'victim@example.com';
/** The same mailbox, every way a request can name it: alone, beside phones, spelled otherwise. */
const spellings = [
  { email },
  { email, phone: '+12125550000' },
  { email: 'Victim@Example.com' },
  { email, phone: '+12125550001' },
  { email: 'victim+1@example.com' },
] as const;

async function guessAllDay(stage: CheckStage, day: number, { seed, short }: RowContext): Promise<number> {
  const random = seeded(seed + day);
  const { client } = stage.world;
  const before = await failedChecksOf(stage.database);
  const verifications = short ? verificationsPerDay.short : verificationsPerDay.full;
  for (let n = 0; n < verifications; n += 1) {
    const to = spellings[n % spellings.length];
    // Another code is another verification, and another channel first.
    const own = String(random.int(100_000, 999_999));
    const id = await stage.ask(own, { to, ...(n % 3 === 1 && { route: ['email', 'sms', 'whatsapp'] }) });
    for (let turn = 0; turn < 3; turn += 1) {
      await Promise.all(
        Array.from({ length: 4 }, (_, process) =>
          stage.check(process, id, String(random.int(1_000_000, 9_999_999))),
        ),
      );
      // Whether there is anything to resend or leave does not matter: it must not bring tries back.
      if (turn === 0) await client.resend(id).catch(() => undefined);
      if (turn === 1) await client.next(id).catch(() => undefined);
    }
    if (n === 1) await stage.redis.flushAll();
  }
  return (await failedChecksOf(stage.database)) - before;
}

/** 24 hours pass for what was counted. */
const nextDay = ({ database }: CheckStage): Promise<unknown> =>
  database.query(
    'update otp.check_failures set recent = array(select at - 86400000 from unnest(recent) as at order by at)',
  );

async function isRefused(stage: CheckStage, purpose: string): Promise<boolean> {
  const id = await stage.ask(code, { to: spellings[0], purpose });
  return (await stage.check(0, id, code)).status !== 200;
}
