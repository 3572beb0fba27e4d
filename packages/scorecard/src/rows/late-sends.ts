import { setTimeout as delay } from 'node:timers/promises';
import { lateSends } from '@otp-relay/e2e/world';
import { waitFor } from '@otp-relay/testkit';
import { recipients } from '../load/recipients.ts';
import { type Random, seeded } from '../random.ts';
import { readLedger } from '../records/ledger.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { openStage, type Stage } from '../stage/open-stage.ts';

/** A call under way when the end came; on two busy cores a process may wait this long for its turn. */
const graceMs = 1_000;
const ends = ['approved', 'canceled', 'expired', 'denied'] as const;

/**
 * Row 7: people whose phones do what phones do, and who type the code, give up, guess wrong or wait too long at any moment
 * of the route, while their services ask for resends and the next channel all along, also after the end.
 */
export const lateSendsRow: Row = {
  rows: [7],
  title: 'nothing is sent after the end, and nothing to be kept beyond it',
  quick: true,
  async run(context) {
    const stage = await openStage({
      workers: 2,
      tenant: { whatsappMs: 1_000, smsMs: 1_000, more: unlimited },
    });
    try {
      return [await measure(context, stage)];
    } finally {
      await stage.close();
    }
  },
};

const unlimited = { limits: { recipient: null, ip: null, device: null, tenant: null } };
/** The shortest life there is. */
const lifeMs = 60_000;

async function measure({ seed, short, budgetMs, log }: RowContext, stage: Stage): Promise<Figure> {
  const { world, database } = stage;
  const random = seeded(seed);
  const next = recipients(random);
  const people = short ? 120 : 2_000;
  const patience = short ? 0 : lifeMs + 10_000;
  const overMs = Math.min((budgetMs - patience) / 3, short ? 6_000 : 90_000);
  await Promise.all(
    Array.from({ length: people }, async (_, index) => {
      await delay((overMs * index) / people);
      await live(stage, next(), random, short);
    }),
  );
  log('everybody is done; waiting for the last ends');
  const isOver = async (): Promise<boolean> =>
    (await readLedger(database, world.tenantId)).every(({ status }) => short || status !== 'pending');
  await waitFor('every verification to end', isOver, { timeoutMs: patience + 1_000, everyMs: 500 }).catch(
    () => undefined,
  );
  // Bells and jobs of what is over ring into the void: give them the time to do harm.
  await delay(2_500);
  const late = await lateSends(world, { graceMs });
  // With calls of ten minutes before the end counted as late, every one is: those it looks at.
  const looked = await lateSends(world, { graceMs: -600_000 });
  const ledger = await readLedger(database, world.tenantId);
  const count = (status: string): number => ledger.filter((row) => row.status === status).length;
  const attempts = ledger
    .flatMap((row) => row.attempts)
    .filter((attempt) => attempt.sendingAt !== null).length;
  const ended = ends.map((status) => `${count(status)} ${status}`).join(', ');
  return {
    row: 7,
    figure: `sends after the end, or kept by a provider beyond it, of ${attempts}`,
    value: late.length,
    target: '0; provider TTL ≤ remaining life',
    pass:
      looked.length >= attempts / 2 &&
      late.length === 0 &&
      count('approved') > 0 &&
      count('canceled') > 0 &&
      count('denied') > 0,
    bounded: short,
    detail: [
      `${ledger.length} verifications (${ended}), ${looked.length} calls judged`,
      ...late.slice(0, 5),
    ].join('; '),
  };
}

/** One person's few seconds; none of the commands may do harm, and most are refused at some point. */
async function live(
  { world }: Stage,
  request: Parameters<Stage['world']['send']>[0],
  random: Random,
  short: boolean,
): Promise<void> {
  const { client, simulator } = world;
  const id = await world.send({ ...request, lifeMs });
  const poke = async (): Promise<void> => {
    for (let left = random.int(0, 3); left > 0; left -= 1) {
      await delay(random.int(0, 1_500));
      await (random() < 0.5 ? client.resend(id) : client.next(id, { remember: false })).catch(refused);
    }
  };
  const plan = random.pick(
    short ? (['approve', 'cancel', 'guess'] as const) : (['approve', 'cancel', 'guess', 'wait'] as const),
  );
  const end = async (): Promise<void> => {
    await delay(random.int(0, 3_000));
    if (plan === 'cancel') await client.cancel(id).catch(refused);
    if (plan === 'guess') for (let guess = 0; guess < 5; guess += 1) await client.check(id, `0000${guess}x`);
    if (plan === 'approve') {
      const mine = (await simulator.messages({ to: request.to.phone ?? '', limit: 10 })).find(
        ({ attemptId }) => attemptId?.startsWith(id.replace('vrf_', 'att_')),
      );
      if (mine?.code) await client.check(id, mine.code);
      else await client.cancel(id).catch(refused);
    }
  };
  await Promise.all([poke(), end()]);
  await poke();
}

/** Final, or nothing to do: what the command meant is told by the code; the ledger is judged, not the answer. */
const refused = (fault: unknown): void => {
  const { code } = fault as { code?: string };
  if (code !== 'OTP_FINAL' && code !== 'OTP_NOTHING_TO_DO') throw fault;
};
