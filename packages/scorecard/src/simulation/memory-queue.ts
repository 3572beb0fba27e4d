import { type Bell, bellIdOf, type SendJob, type SendRequest } from '@otp-relay/queue';
import type { Machine } from './machine.ts';
import type { Tape } from './tape.ts';
import type { VirtualTime } from './virtual-time.ts';

/** BullMQ as the product uses it: ids are unique while a job is there, a job may run early, late, twice or never. */
export interface MemoryQueue {
  readonly send: (request: SendRequest) => void;
  /** `now` is the clock of the process that arms it. */
  readonly arm: (bell: Bell, now: number) => void;
  readonly disarm: (bell: Pick<Bell, 'attempt' | 'dueAt'>) => void;
  /** An operator promotes a delayed bell in Bull Board; false when there is none. */
  readonly promote: () => boolean;
  /** FLUSHALL. */
  readonly flush: () => void;
  readonly size: () => number;
}

interface Job {
  readonly id: string;
  readonly run: (machine: Machine, promoted: boolean) => Promise<unknown>;
  readonly bell: boolean;
  state: 'waiting' | 'active' | 'failed';
  promoted: boolean;
  /** Told apart from an earlier run of the same job. */
  runs: number;
  faults: number;
}

/** As queue/settings.ts has them, ms. */
const lockMs = 5_000;
const stalledEveryMs = 2_000;
const faultRetries = 8;
const faultBaseMs = 200;

export function createMemoryQueue(
  tape: Tape,
  time: VirtualTime,
  pickMachine: () => Machine | undefined,
  tell: (line: string) => void,
): MemoryQueue {
  const jobs = new Map<string, Job>();

  function add(id: string, delayMs: number, bell: boolean, run: Job['run']): void {
    const there = jobs.get(id);
    if (there && there.state !== 'failed') return;
    const job: Job = { id, run, bell, state: 'waiting', promoted: false, runs: 0, faults: 0 };
    jobs.set(id, job);
    time.after(delayMs + 1, () => fetch(job));
  }

  function fetch(job: Job): void {
    if (jobs.get(job.id) !== job || job.state !== 'waiting') return;
    const machine = pickMachine();
    if (!machine) {
      time.after(500, () => fetch(job));
      return;
    }
    job.state = 'active';
    start(job, machine);
    if (tape.chance(1)) time.after(20, () => again(job));
    watchLock(job, job.runs, machine);
  }

  /** A lock that was thought lost: the same job runs beside itself. */
  function again(job: Job): void {
    const machine = pickMachine();
    if (machine && jobs.get(job.id) === job) start(job, machine);
  }

  function start(job: Job, machine: Machine): void {
    job.runs += 1;
    const run = job.runs;
    const mine = (): boolean => jobs.get(job.id) === job && job.runs === run;
    job.run(machine, job.promoted).then(
      () => {
        if (mine()) jobs.delete(job.id);
      },
      (fault: unknown) => {
        if (!mine()) return;
        job.faults += 1;
        job.state = job.faults < faultRetries ? 'waiting' : 'failed';
        tell(`job ${job.id.slice(-3)} threw: ${fault instanceof Error ? fault.message : String(fault)}`);
        if (job.state === 'waiting') time.after(faultBaseMs * 2 ** job.faults, () => fetch(job));
      },
    );
  }

  /** A machine that died or sleeps no longer renews its lock: the job goes to another one. */
  function watchLock(job: Job, run: number, machine: Machine): void {
    time.after(lockMs, () => {
      if (jobs.get(job.id) !== job || job.state !== 'active' || job.runs !== run) return;
      if (machine.wire.awake()) watchLock(job, run, machine);
      else
        time.after(tape.choose(stalledEveryMs), () => {
          if (job.state !== 'active' || job.runs !== run) return;
          job.state = 'waiting';
          fetch(job);
        });
    });
  }

  const ring =
    (bell: Bell): Job['run'] =>
    (machine, promoted) =>
      machine.engine.ring(bell, promoted);
  const perform =
    (job: SendJob): Job['run'] =>
    (machine) =>
      machine.engine.perform(job);

  return {
    send: ({ job, delayMs }) => add(job.attempt, delayMs, false, perform(job)),
    arm: (bell, now) => add(bellIdOf(bell), Math.max(0, bell.dueAt - now), true, ring(bell)),
    disarm(bell) {
      const job = jobs.get(bellIdOf(bell));
      if (job?.state === 'waiting') jobs.delete(job.id);
    },
    promote() {
      const job = [...jobs.values()].find((one) => one.bell && one.state === 'waiting');
      if (!job) return false;
      job.promoted = true;
      fetch(job);
      return true;
    },
    flush: () => jobs.clear(),
    size: () => jobs.size,
  };
}
