import type { VerificationEvent } from '@otp-relay/core';
import type { RawReceipt } from '@otp-relay/store';
import { percentile } from '../percentile.ts';
import { type Side, type Underway, underway } from './side.ts';

export interface LedgerOptions {
  /** Rows of one batch. */
  readonly batch: number;
  /** How often every phase is run on every side. */
  readonly rounds: number;
}

/** Median CPU of one row by phase, µs: of Postgres, and of the process that asks it. */
export type RowCost = Readonly<Record<string, { readonly postgres: number; readonly process: number }>>;

const batchesPerPhase = 5;
const warmUpRounds = 3;

/**
 * What the ledger costs over the life of an ordinary verification. The sides take turns, so that a machine that slows down
 * or speeds up does so for all of them.
 */
export async function measureLedger(
  sides: readonly Side[],
  { batch, rounds }: LedgerOptions,
): Promise<readonly RowCost[]> {
  const measured = sides.map(() => new Map<string, { postgres: number[]; process: number[] }>());
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const turn = [...sides.entries()];
    for (const [index, side] of round % 2 === 0 ? turn : turn.reverse())
      await lives(side, batch, (phase, postgres, process) => {
        if (round < 0) return;
        const all = measured[index]?.get(phase) ?? { postgres: [], process: [] };
        measured[index]?.set(phase, all);
        all.postgres.push(postgres);
        all.process.push(process);
      });
  }
  return measured.map((phases) =>
    Object.fromEntries(
      [...phases].map(([phase, { postgres, process }]) => [
        phase,
        { postgres: percentile(postgres, 0.5), process: percentile(process, 0.5) },
      ]),
    ),
  );
}

/** A few batches from insert to `delivered`, phase by phase. */
async function lives(
  side: Side,
  batch: number,
  tell: (phase: string, postgresUs: number, processUs: number) => void,
): Promise<void> {
  const batches = Array.from({ length: batchesPerPhase }, () =>
    Array.from({ length: batch }, () => underway(side.core)),
  );
  const phase = async (name: string, run: (rows: readonly Underway[]) => Promise<unknown>): Promise<void> => {
    const before = await side.postgresUs();
    const started = process.cpuUsage();
    for (const rows of batches) await run(rows);
    const { user, system } = process.cpuUsage(started);
    const count = batch * batchesPerPhase;
    tell(name, ((await side.postgresUs()) - before) / count, (user + system) / count);
  };
  const apply =
    (store: Side['worker'], eventOf: (one: Underway) => VerificationEvent) => (rows: readonly Underway[]) => {
      const events = new Map(rows.map((one) => [one.id, eventOf(one)]));
      const trusted = { ids: new Set(events.keys()), now: Date.now() };
      return store.ledger.change(
        [...events.keys()],
        ({ verification }, now) => {
          const event = events.get(verification.id);
          return event ? side.core.transition(verification, event, now) : { verification, entries: [] };
        },
        trusted,
      );
    };

  await phase('insert', (rows) => side.worker.ledger.insert(rows.map((one) => one.row)));
  await phase(
    'accepted',
    apply(side.worker, ({ attemptId, claim, providerRef }) => ({
      type: 'accepted',
      attemptId,
      claim,
      providerRef,
    })),
  );
  for (const status of ['sent', 'delivered'] as const) {
    await phase(`${status}, raw`, (rows) => side.api.receipts.record(rows.map((one) => rawOf(one, status))));
    await phase(
      status,
      apply(side.api, ({ attemptId }) => ({ type: 'receipt', attemptId, status })),
    );
  }
}

const rawOf = ({ attemptId, providerRef }: Underway, status: 'sent' | 'delivered'): RawReceipt => ({
  tenantId: 'acme',
  account: 'acme-wa',
  provider: 'meta-whatsapp',
  dedupKey: `${providerRef}:${status}`,
  attemptId,
  providerRef,
  status,
  at: Date.now(),
  raw: { id: providerRef, status, timestamp: '1750000000', pricing: { category: 'authentication' } },
});
