import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Producer } from '@otp-relay/queue';
import { safeData } from './safe-data.ts';
import { safeJob } from './safe-job.ts';
import { hidden, safeWord } from './safe-text.ts';
import { createShownIds, type ShownIds } from './shown-ids.ts';

type Queue = ReturnType<Producer['queues']>[number];
type Job = NonNullable<Awaited<ReturnType<BullMQAdapter['getJob']>>>;
type Jobs = Awaited<ReturnType<BullMQAdapter['getJobs']>>;

/** Bull Board's view of one queue that shows no address, no code and no text nobody vouches for. */
export class SafeAdapter extends BullMQAdapter {
  readonly #ids: ShownIds = createShownIds();

  constructor(queue: Queue, options: { readonly readOnlyMode: boolean; readonly description: string }) {
    super(queue, options);
    this.setFormatter('data', (data: unknown) => safeData(queue.name, data));
    this.setFormatter('name', (job: { readonly name?: unknown }) => safeWord(job.name));
    this.setFormatter('progress', plain);
    this.setFormatter('returnValue', plain);
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(this.#ids.real(id));
    return job && this.#safe(job);
  }

  override async getJobs(...range: Parameters<BullMQAdapter['getJobs']>): Promise<Jobs> {
    const jobs = await super.getJobs(...range);
    return jobs.map((job) => this.#safe(job)) as Jobs;
  }

  /** Our jobs log nothing; what a stranger's worker logged may hold anything, so only how much it is gets shown. */
  override async getJobLogs(id: string): Promise<string[]> {
    const lines = await super.getJobLogs(this.#ids.real(id));
    return lines.length === 0 ? [] : [`[${lines.length} hidden]`];
  }

  /** Flows would show their jobs past all of this; nobody here makes any. */
  override async getFlowProducer(): Promise<null> {
    return null;
  }

  override async getJobSchedulers(): Promise<[]> {
    return [];
  }

  #safe(job: Job): Job {
    const { toJSON } = job;
    job.toJSON = () => {
      const json = toJSON.call(job);
      return safeJob(json, this.#ids.shown(String(json.id)));
    };
    return job;
  }
}

const plain = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined
    ? value
    : typeof value === 'string'
      ? safeWord(value)
      : hidden;
