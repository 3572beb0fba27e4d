import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@otp-relay/testkit';
import { byVerification } from '../records/judge.ts';
import { readLedger } from '../records/ledger.ts';
import { quantile } from '../records/pick-up.ts';
import { readProviderCalls } from '../records/provider-calls.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { openStage, type Stage } from '../stage/open-stage.ts';

const stepMs = 5_000;
const perSecond = 40;
/** Numbers whose WhatsApp is silent and whose SMS arrives: `+1AAA5550200`, one for each area code. */
const silent = (n: number): string => `+1${200 + n}5550200`;
const people = { full: 800, short: 120 } as const;
/** A worker that has just started loads and compiles what an SMS needs; the first second of it is not what is promised. */
const warmUp = 40;

/** Row 28: WhatsApp accepts and then says nothing; how long after the deadline is the SMS handed over? */
export const lateFallbacks: Row = {
  rows: [28],
  title: 'how late a fallback is',
  quick: false,
  async run(context) {
    const stage = await openStage({ workers: 1, tenant: { whatsappMs: stepMs, smsMs: stepMs } });
    try {
      return [await measure(context, stage)];
    } finally {
      await stage.close();
    }
  },
};

async function measure({ short, log, budgetMs }: RowContext, stage: Stage): Promise<Figure> {
  const { world, database } = stage;
  const count = short ? people.short : people.full;
  log(`${count} messages that WhatsApp accepts and never delivers, ${perSecond} a second`);
  await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      await delay((n * 1_000) / perSecond);
      await world.send({ to: { phone: silent(n) }, purpose: 'auth' });
    }),
  );
  const isOver = async (): Promise<boolean> =>
    (await readLedger(database, world.tenantId)).every(({ delivery }) => delivery === 'delivered');
  await waitFor('every SMS to arrive', isOver, { timeoutMs: budgetMs / 2, everyMs: 250 });

  const calls = byVerification(await readProviderCalls(world.simulator));
  const ledger = [...(await readLedger(database, world.tenantId))].sort((a, b) => a.createdAt - b.createdAt);
  const lateMs = ledger.slice(warmUp).flatMap(({ id, attempts }) => {
    const acceptedAt = attempts[0]?.acceptedAt;
    const sms = calls.get(id)?.find((call) => call.channel === 'sms');
    return acceptedAt != null && sms ? [sms.at - (acceptedAt + stepMs)] : [];
  });
  const p99 = quantile(lateMs, 0.99);
  return {
    row: 28,
    figure: 'fallback lateness: deadline → next provider call, Redis',
    value: `p99 ${p99} ms`,
    target: 'p99 ≤ 250 ms',
    // Now and then an answer is lost on the way, and there is no acceptance to count from.
    pass: lateMs.length >= (count - warmUp) * 0.99 && p99 <= 250,
    bounded: short,
    detail: `${lateMs.length} of ${count} counted, the first ${warmUp} not; p50 ${quantile(lateMs, 0.5)} ms, longest ${quantile(lateMs, 1)} ms; steps of ${stepMs / 1_000} s, ${perSecond} a second`,
  };
}
