import type { Sender } from '@otp-relay/channels';
import type { ProviderName, Step } from '@otp-relay/core';
import { type Clock, createClock, createEngine, type LedgerStore, type Ports } from '@otp-relay/engine';
import { StoreFault } from '@otp-relay/store';
import { keys, pepper, publicUrl, quiet, tenantId, tenantWith, uncounted } from './installation.ts';
import { calmMs } from './invariants.ts';
import { createWire, type Machine, type Wire } from './machine.ts';
import type { MemoryLedger } from './memory-ledger.ts';
import type { MemoryQueue } from './memory-queue.ts';
import type { Tape } from './tape.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface MachinesOptions {
  readonly tape: Tape;
  readonly time: VirtualTime;
  readonly tell: (line: string) => void;
  readonly ledger: MemoryLedger;
  readonly queue: MemoryQueue;
  readonly steps: readonly Step[];
  readonly sender: (machine: () => Machine, account: string, provider: ProviderName) => Sender;
  readonly onCalmSweep: () => void;
}

export interface Machines {
  readonly awake: () => readonly Machine[];
  readonly away: (what: 'postgres' | 'redis', ms: number) => void;
  readonly crashes: () => number;
}

/** How wrong a machine's own clock is, ms, and how wrong what it makes of Postgres' clock. */
const skewsMs = [0, -2_000, 2_000, 600_000] as const;
const errorsMs = [0, 5, -5, 40, -40] as const;
const restartsMs = [500, 2_000, 15_000] as const;

/** One to three processes, each the real engine with its sweeper; whichever dies is started again. */
export function createMachines(options: MachinesOptions): Machines {
  const { tape, time, tell, ledger, queue, steps, sender, onCalmSweep } = options;
  const running = new Set<Machine>();
  const awayUntil = { postgres: 0, redis: 0 };
  const somethingDue = (): boolean => ledger.due({ limit: 1, graceMs: 0 }).length > 0;
  let crashes = 0;

  const reach =
    <T>(what: 'postgres' | 'redis', effect: () => T) =>
    (): T => {
      if (time.now() >= awayUntil[what]) return effect();
      throw what === 'postgres' ? new StoreFault('OTP_STORE_AWAY', 'refused') : new Error('Redis is away');
    };

  const storeOf = (wire: Wire, errorMs: number): LedgerStore => {
    const one = async <T>(what: string, effect: () => T): Promise<T> => {
      const [result] = await wire.call(what, [reach('postgres', effect)]);
      return result as T;
    };
    return {
      now: async () => reach('postgres', () => time.now() + errorMs)(),
      ledger: {
        insert: (rows) => one('an insert', () => ledger.insert(rows)),
        join: async (rows) => rows.map(() => undefined),
        addressee: async () => undefined,
        change: (ids, reduce, trusted) => {
          const known = ids.flatMap((id) => (trusted?.ids.has(id) && ledger.rows.get(id)) || []);
          const rows = new Map(known.map(({ verification }) => [verification.id, verification]));
          const remembered = trusted && { rows, now: trusted.now };
          return one('a commit', () => ledger.change(ids, reduce, remembered));
        },
        due: async (limits) => {
          const calmSince = Math.max(wire.calmSince(), awayUntil.postgres);
          if (time.now() - calmSince > calmMs) onCalmSweep();
          return reach('postgres', () => ledger.due(limits))();
        },
        hasDeadlines: (deadlines) => one('a look-up', () => ledger.hasDeadlines(deadlines)),
        locateByProviderRef: (tenant, account, refs) =>
          one('a look-up', () => ledger.locate(tenant, account, refs)),
      },
      receipts: {
        record: (receipts) =>
          one('a record', () => receipts.map((r) => ledger.record(`${r.account} ${r.dedupKey}`))),
      },
      unknownCodes: { count: async () => undefined, list: async () => [] },
      // Nobody types codes here, nor says anything about channels: people's events go straight to the corridor.
      checks: { reserve: async () => [], forgive: async () => undefined, unlock: async () => undefined },
      declined: {
        put: async () => undefined,
        any: async () => false,
        by: async (recipients) => recipients.map(() => []),
      },
      feedback: { get: async () => undefined, put: async () => undefined },
      // Its rules against abuse are off, and nothing has a price.
      abuse: {
        watch: async () => ({ looked: [], standing: [], unapproved: [] }),
        noteUsed: async () => undefined,
        block: async () => undefined,
        record: async () => undefined,
        isKnown: async () => false,
        decisions: async () => [],
        blocks: async () => [],
        lift: async () => 0,
        prune: async () => 0,
      },
      spend: {
        reserve: async (spends) => spends.map(() => true),
        release: async () => undefined,
        list: async () => [],
      },
      // Nor does the tenant have limits.
      buckets: {
        reserve: async () => [],
        release: async () => undefined,
        look: async () => [],
        reset: async () => 0,
        prune: async () => 0,
      },
      refusals: { record: async () => undefined, list: async () => [] },
    };
  };

  const producerOf = (wire: Wire, clock: Clock): Ports['producer'] => {
    const each = async <T>(what: string, items: readonly T[], effect: (item: T) => void): Promise<void> => {
      const effects = items.map((item) => reach('redis', () => effect(item)));
      await wire.call(`${what} × ${items.length}`, effects);
    };
    return {
      enqueue: (requests) => each('enqueue', requests, queue.send),
      arm: (bells) => each('arm', bells, (bell) => queue.arm(bell, clock.now())),
      disarm: (bells) => each('disarm', bells, queue.disarm),
    };
  };

  async function boot(name: string): Promise<void> {
    const again = (): void => time.after(tape.pick(restartsMs), () => void boot(name));
    const wire = createWire(name, {
      tape,
      time,
      tell,
      lost: () => new StoreFault('OTP_STORE_AWAY', 'the connection was lost'),
      onCrash() {
        running.delete(machine);
        crashes += 1;
        again();
      },
    });
    const skewMs = tape.pick(skewsMs);
    const clock = createClock({
      now: () => time.now() + skewMs,
      // The sweeper can be told to stop; a round without a deadline that passed would only cost time.
      sleep: (ms, until) => (until ? wire.doze(ms, somethingDue) : wire.sleep(ms)),
    });
    const store = storeOf(wire, tape.pick(errorsMs));
    const producer = producerOf(wire, clock);
    const tenant = tenantWith(steps, (account, provider) => sender(() => machine, account, provider));
    const tenants = {
      get: async (id: string) => (id === tenantId ? tenant : undefined),
      close: async () => undefined,
    };
    const unread = {
      tenants: { get: nothing },
      accounts: { list: async () => [] },
      onTenantsChanged: async () => nothing,
    };
    const ports = {
      store: { ...store, ...unread },
      producer,
      keys,
      pepper,
      log: quiet,
      tally: uncounted,
      publicUrl,
      clock,
      tenants,
    };
    let machine: Machine;
    try {
      const engine = await createEngine(ports);
      machine = { name, wire, engine };
    } catch {
      again();
      return;
    }
    running.add(machine);
    tell(`${name} is up, its clock ${skewMs} ms off`);
    machine.engine.startSweeper();
  }
  const count = 1 + tape.choose(3);
  for (let n = 0; n < count; n += 1) void boot(`machine ${'ABC'.charAt(n)}`);

  return {
    awake: () => [...running].filter((machine) => machine.wire.awake()),
    away(what, ms) {
      awayUntil[what] = Math.max(awayUntil[what], time.now() + ms);
      tell(`${what} is away for ${ms} ms`);
    },
    crashes: () => crashes,
  };
}

const nothing = async (): Promise<undefined> => undefined;
