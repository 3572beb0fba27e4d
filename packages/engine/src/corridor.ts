import type { Effect, TimelineEntry, Verification, VerificationEvent } from '@otp-relay/core';
import { transition } from '@otp-relay/core';
import { isStoreFault, type LedgerRow, type Material, type OutboxRow, type Reduced } from '@otp-relay/store';
import { createBatcher, type Patience, patienceOf, type Ran } from './batcher.ts';
import { type Doing, runEffects } from './effects.ts';
import type { Ports } from './ports.ts';

/** One event for one verification; `guard` refuses it (as if it never came) when the row is not what the caller thinks. */
export interface Change {
  readonly id: string;
  readonly event: VerificationEvent;
  readonly guard?: (verification: Verification) => boolean;
}

/** What became of a verification; `changed` is false when the event meant nothing in its state. */
export interface Applied {
  /** As committed: what else happened in the same batch has happened to it too. */
  readonly verification: Verification;
  readonly material: Material;
  readonly changed: boolean;
}

export interface Corridor {
  /** Applies one event; undefined when there is no such verification or the guard refused. Resolves after commit and effects. */
  apply(change: Change): Promise<Applied | undefined>;
  drain(): Promise<void>;
}

const maxBatch = 500;

type CorridorPorts = Pick<Ports, 'store' | 'producer' | 'bells' | 'announcer' | 'clock' | 'log' | 'tally'>;

/**
 * What may be decided by what this process remembers of the row (ADR 0012): what providers did. What a person or a clock
 * asks for is decided by the row itself and by Postgres' clock.
 */
const trusted: ReadonlySet<VerificationEvent['type']> = new Set([
  'started',
  'accepted',
  'refused',
  'uncertain',
  'withheld',
  'receipt',
]);

/** Nothing is sent because of what a provider took or delivered: that can wait for company. Everything else is in a hurry. */
function patience({ event }: Change): Patience {
  if (event.type === 'receipt') return event.status === 'failed' ? patienceOf.hurry : patienceOf.receipt;
  return event.type === 'accepted' ? patienceOf.answer : patienceOf.hurry;
}

/** The only way a verification changes: lock, reduce, write, commit, then the effects (ADR 0002). */
export function createCorridor(ports: CorridorPorts): Corridor {
  const batcher = createBatcher<Change, Applied | undefined>({
    max: maxBatch,
    gathering: { patience, clock: ports.clock },
    isShared: (fault) => isStoreFault(fault) && fault.retryable,
    run: (changes) => commit(changes, ports),
  });
  return { apply: (change) => batcher.add(change), drain: () => batcher.drain() };
}

async function commit(changes: readonly Change[], ports: CorridorPorts): Promise<Ran<Applied | undefined>> {
  const startedAt = performance.now();
  const byId = new Map<string, number[]>();
  for (const [index, change] of changes.entries()) {
    const indexes = byId.get(change.id);
    if (indexes) indexes.push(index);
    else byId.set(change.id, [index]);
  }
  const results: (Applied | undefined)[] = new Array(changes.length).fill(undefined);
  // By id, and overwritten: the store runs a transaction again when it lost a deadlock.
  const doing = new Map<string, Doing>();

  const reduce = (row: LedgerRow, now: number): Reduced => {
    let verification = row.verification;
    const entries: TimelineEntry[] = [];
    const effects: Effect[] = [];
    const published: OutboxRow[] = [];
    const changed = new Map<number, boolean>();
    // Of whom was erased nothing is to be known any more: a report that comes late must not bring anything back.
    const indexes = isErased(row) ? [] : (byId.get(verification.id) ?? []);
    for (const index of indexes) {
      const change = changes[index];
      if (!change || (change.guard && !change.guard(verification))) continue;
      const step = transition(verification, change.event, now);
      changed.set(index, step.verification !== verification);
      verification = step.verification;
      entries.push(...step.entries);
      effects.push(...step.effects);
      published.push(...(ports.announcer?.rowsOf(verification, step.effects, row.material, now) ?? []));
    }
    for (const index of indexes) {
      const own = changed.get(index);
      results[index] = own === undefined ? undefined : { verification, material: row.material, changed: own };
    }
    doing.set(verification.id, { verification, effects, published });
    return { verification, entries, published };
  };
  const known = [...byId].filter(([, indexes]) => indexes.every((index) => isTrusted(changes[index])));
  await ports.store.ledger.change([...byId.keys()], reduce, {
    ids: new Set(known.map(([id]) => id)),
    now: ports.clock.now(),
  });
  ports.tally.batch(changes.length, performance.now() - startedAt);
  return { results, rest: runEffects([...doing.values()], ports) };
}

const isErased = ({ material }: LedgerRow): boolean => material.sealedRecipient.length === 0;

const isTrusted = (change: Change | undefined): boolean =>
  change !== undefined && trusted.has(change.event.type);
