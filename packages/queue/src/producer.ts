import { channels } from '@otp-relay/core';
import type { Job, JobsOptions, Queue } from 'bullmq';
import { type Bell, bellIdOf, type EventBell, eventBellIdOf, type SendRequest } from './jobs.ts';
import type { OnFault } from './on-fault.ts';
import { openPostgresLink } from './postgres-link.ts';
import type { QueueBackend } from './queue-backend.ts';
import {
  eventsQueue,
  firstQueue,
  intakeQueue,
  type QueueName,
  queueNames,
  sendQueueOf,
  timeoutsQueue,
} from './queue-names.ts';
import { openRedisLink } from './redis-link.ts';

/** How many jobs of a queue are in which state. `waiting` includes the prioritised ones. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** What waits to be run in a queue: how many jobs, and the priority of the one that runs first among those that have one. */
export interface Backlog {
  readonly waiting: number;
  readonly head?: number;
  readonly paused: boolean;
}

/**
 * Puts jobs into the queues. Every method rejects within two seconds when the backend is away: what it would have done
 * is found again by its deadline in Postgres, so callers report the fault and go on.
 */
export interface Producer {
  /** Resolves when the backend answers (and, on Postgres, is migrated). */
  ready(timeoutMs?: number): Promise<void>;
  /** Adds send jobs under their attempt ids, one round trip per queue. A job that is there already is left as it is. */
  enqueue(requests: readonly SendRequest[]): Promise<void>;
  /** Arms bells; each rings at its `dueAt`, at once when that has passed. */
  arm(bells: readonly Bell[]): Promise<void>;
  /** Takes bells away. One that has rung, is ringing or never was is fine. */
  disarm(bells: readonly Pick<Bell, 'attempt' | 'dueAt'>[]): Promise<void>;
  /** Adds a job to the public queue and returns its id. A caller's `jobId` must not contain `:` nor be an integer. */
  intake(payload: unknown, options?: { readonly jobId?: string }): Promise<string>;
  /** Says that something is due at tenants' webhooks. */
  publish(bells: readonly EventBell[]): Promise<void>;
  /** The BullMQ queues themselves, in the order of `queueNames`: for Bull Board. */
  queues(): Queue[];
  counts(): Promise<Record<QueueName, QueueCounts>>;
  /** What waits in each send queue: cheap enough to be asked several times a second. */
  backlog(): Promise<ReadonlyMap<QueueName, Backlog>>;
  close(): Promise<void>;
}

export interface ProducerOptions {
  readonly onFault?: OnFault;
  /** The clock that `dueAt` is measured by, ms; the process' own unless given. */
  readonly now?: () => number;
}

interface NewJob {
  readonly name: string;
  readonly data: unknown;
  readonly opts: JobsOptions & { readonly jobId: string };
}

/** Opens a producer; nothing is awaited before {@link Producer.ready}. */
export function createProducer(backend: QueueBackend, options: ProducerOptions = {}): Producer {
  const onFault: OnFault = options.onFault ?? (() => undefined);
  const now = options.now ?? Date.now;
  const link =
    backend.kind === 'redis' ? openRedisLink(backend, onFault) : openPostgresLink(backend, onFault);

  const queueOf = (name: QueueName): Queue => {
    const queue = link.queues.get(name);
    if (!queue) throw new Error(`no such queue: ${name}`);
    return queue;
  };

  /** BullMQ ignores a job whose id is taken, and one that failed for good takes it for days: clear those and ring again. */
  const add = async (name: QueueName, jobs: readonly NewJob[]): Promise<void> => {
    if (jobs.length === 0) return;
    const ids = jobs.map((job) => job.opts.jobId);
    const [, cleared] = await Promise.all([addTo(queueOf(name), jobs), link.removeFailed(name, ids)]);
    if (cleared.length === 0) return;
    const again = new Set(cleared);
    await addTo(
      queueOf(name),
      jobs.filter((job) => again.has(job.opts.jobId)),
    );
  };

  return {
    ready: (timeoutMs = 10_000) => link.ready(timeoutMs),

    async enqueue(requests) {
      await Promise.all([...byQueue(requests)].map(([name, jobs]) => add(name, jobs)));
    },

    arm: (bells) =>
      add(
        timeoutsQueue,
        bells.map((bell) => bellJob(bell, now())),
      ),

    async disarm(bells) {
      if (bells.length > 0) await link.remove(timeoutsQueue, bells.map(bellIdOf));
    },

    async intake(payload, { jobId } = {}) {
      if (jobId === undefined) return idOf(await queueOf(intakeQueue).add('send', payload));
      await add(intakeQueue, [{ name: 'send', data: payload, opts: { jobId } }]);
      return jobId;
    },

    publish: (bells) =>
      add(
        eventsQueue,
        bells.map((bell) => ({ name: 'webhook', data: bell, opts: { jobId: eventBellIdOf(bell, now()) } })),
      ),

    queues: () => queueNames.map(queueOf),

    async counts() {
      const entries = await Promise.all(
        queueNames.map(async (name) => [name, await countsOf(queueOf(name))]),
      );
      return Object.fromEntries(entries) as Record<QueueName, QueueCounts>;
    },

    async backlog() {
      const names: readonly QueueName[] = [...channels.map((channel) => sendQueueOf(channel)), firstQueue];
      return new Map(
        await Promise.all(names.map(async (name) => [name, await backlogOf(queueOf(name))] as const)),
      );
    },

    close: () => link.close(),
  };
}

/** A single job goes in by `add`: on Postgres `addBulk` creates two temporary tables per call. */
async function addTo(queue: Queue, jobs: readonly NewJob[]): Promise<void> {
  const [first, ...rest] = jobs;
  if (first && rest.length === 0) await queue.add(first.name, first.data, first.opts);
  else await queue.addBulk([...jobs]);
}

function byQueue(requests: readonly SendRequest[]): Map<QueueName, NewJob[]> {
  const groups = new Map<QueueName, NewJob[]>();
  for (const { channel, job, delayMs, priority, first } of requests) {
    const opts = { jobId: job.attempt, delay: delayMs, ...(priority === undefined ? {} : { priority }) };
    const name = first ? firstQueue : sendQueueOf(channel);
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push({ name: 'send', data: job, opts });
  }
  return groups;
}

const bellJob = (bell: Bell, now: number): NewJob => ({
  name: 'bell',
  data: bell,
  opts: { jobId: bellIdOf(bell), delay: Math.max(0, bell.dueAt - now) },
});

function idOf(job: Job): string {
  if (job.id === undefined) throw new Error('BullMQ added a job without an id');
  return job.id;
}

async function countsOf(queue: Queue): Promise<QueueCounts> {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed');
  const of = (state: string): number => counts[state] ?? 0;
  return {
    waiting: of('waiting') + of('prioritized'),
    active: of('active'),
    delayed: of('delayed'),
    failed: of('failed'),
  };
}

async function backlogOf(queue: Queue): Promise<Backlog> {
  const [{ waiting = 0, prioritized = 0 }, paused] = await Promise.all([
    queue.getJobCounts('waiting', 'prioritized'),
    queue.isPaused(),
  ]);
  const [first] = prioritized > 0 ? await queue.getPrioritized(0, 0) : [];
  return { waiting: waiting + prioritized, paused, ...(first?.priority && { head: first.priority }) };
}
