import { type ProviderName, type Verification, verificationIdOf } from '@otp-relay/core';
import type { Call, Facts, Taken, Told } from './facts.ts';
import { anyRoute } from './installation.ts';
import { type Invariant, invariants } from './invariants.ts';
import type { Machine } from './machine.ts';
import { createMachines } from './machines.ts';
import { createMemoryLedger, type RowChange } from './memory-ledger.ts';
import { createMemoryQueue } from './memory-queue.ts';
import { letPeopleIn } from './people.ts';
import { createProviders } from './providers.ts';
import type { Tape } from './tape.ts';
import { createVirtualTime } from './virtual-time.ts';

/** How one schedule went. */
export interface Played {
  /** The first invariant that did not hold. */
  readonly broken: string | undefined;
  readonly verifications: number;
  readonly calls: number;
  readonly crashes: number;
}

export interface PlayOptions {
  /** Hears the story, a line per thing that happens. */
  readonly write?: (line: string) => void;
  readonly rules?: readonly Invariant[];
}

/** Plays one schedule: a whole installation, from the first request until every code is dead and every report delivered. */
export async function play(tape: Tape, { write, rules = invariants }: PlayOptions = {}): Promise<Played> {
  const time = createVirtualTime();
  const startedAt = time.now();
  const tell = (line: string): void => write?.(`${((time.now() - startedAt) / 1_000).toFixed(3)} s  ${line}`);
  const calls: Call[] = [];
  const taken: Taken[] = [];
  const told: Told[] = [];
  const grants = new Map<string, Verification>();
  let broken: string | undefined;
  const judge = (ask: (invariant: Invariant) => boolean | undefined): void => {
    if (broken !== undefined) return;
    broken = rules.find((invariant) => ask(invariant) === false)?.name;
    if (broken !== undefined) tell(`BROKEN: ${broken}`);
  };

  const ledger = createMemoryLedger(time.now, (change) => {
    for (const a of change.after.attempts)
      if (a.claim !== null && !grants.has(a.id)) grants.set(a.id, change.after);
    tell(lineOf(change, [...ledger.rows.keys()]));
    judge((invariant) => invariant.onChange?.(change, facts));
  });
  const facts: Facts = { now: time.now, rows: ledger.rows, calls, grants, taken, told };
  const pickMachine = (): Machine | undefined => {
    const awake = machines.awake();
    return awake.length > 0 ? tape.pick(awake) : undefined;
  };
  const queue = createMemoryQueue(tape, time, pickMachine, tell);
  const providers = createProviders({
    tape,
    time,
    tell,
    pickMachine,
    onTaken: (one) => taken.push(one),
    onCall(call) {
      calls.push(call);
      judge((invariant) => invariant.onCall?.(call, facts));
    },
  });
  const allFinal = (): boolean =>
    [...ledger.rows.values()].every((row) => row.verification.deadlineAt === null);
  const machines = createMachines({
    tape,
    time,
    tell,
    ledger,
    queue,
    steps: anyRoute(tape),
    sender: (machine, account, provider: ProviderName) => providers.sender(machine, account, provider),
    onCalmSweep: () => judge((invariant) => invariant.onCalmSweep?.(facts)),
  });
  letPeopleIn({
    tape,
    time,
    tell,
    queue,
    pickMachine,
    away: machines.away,
    ids: () => [...ledger.rows.keys()],
    onTold: (one) => told.push(one),
  });

  await time.run(
    () => broken !== undefined || (!time.busy() && allFinal()) || time.now() - startedAt > endMs,
  );
  judge((invariant) => invariant.atEnd?.(facts));
  return { broken, verifications: ledger.rows.size, calls: calls.length, crashes: machines.crashes() };
}

/** Long after every code is dead and every provider has given up: what is not over by now never will be. */
const endMs = 1_200_000;

function lineOf({ before, after, entries }: RowChange, ids: readonly string[]): string {
  const names = entries.map((e) => `${e.type}${e.attemptId ? ` ${e.attemptId.slice(-3)}` : ''}`).join(', ');
  const was = before ? `${before.status} ${before.delivery} → ` : '';
  return `#${ids.indexOf(verificationIdOf(`att_${after.id.slice(4)}_0_1`) ?? '') + 1} ${was}${after.status} ${after.delivery}: ${names}`;
}
