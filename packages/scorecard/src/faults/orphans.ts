import type { World } from '@otp-relay/e2e/world';

/** A job that was in a worker's hands when the worker was killed. */
export interface Orphan {
  readonly queue: string;
  /** Of a send queue: the attempt's id. */
  readonly jobId: string;
  readonly killedAt: number;
}

const watched = /^otp$|^otp-send-/;

/** The jobs a dead worker left behind: still active, and last taken by it. Ask at once: they are rescued within seconds. */
export async function orphansOf(world: World, pid: number, killedAt: number): Promise<readonly Orphan[]> {
  const queues = world.house.producer.queues().filter((queue) => watched.test(queue.name));
  const jobs = await Promise.all(queues.map((queue) => queue.getActive()));
  return jobs
    .flat()
    .filter((job) => job.processedBy?.endsWith(`-${pid}`))
    .map((job) => ({ queue: job.queueName, jobId: job.id ?? '', killedAt }));
}
