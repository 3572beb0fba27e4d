import { problemCodes } from '@otp-relay/contracts';
import type { Accepted, Engine } from '@otp-relay/engine';
import { type ConsumerJob, Refused } from '@otp-relay/queue';
import type { Store } from '@otp-relay/store';

const usualCallMs = 1_000;

/** Resolves with `promise`, which never rejects, or after `ms`. */
async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * One job of the public queue. A job that can never be accepted fails for good with every problem named, stays visible
 * without its payload, and is recorded; one with a code in the open is erased at once.
 */
export async function intake(
  job: ConsumerJob<unknown>,
  engine: Engine,
  store: Store,
  stopping: AbortSignal,
): Promise<string> {
  const { tenant, payload } = split(job.data);
  // Above the high-water mark jobs stay in the public queue, these few in hand: it forgets nothing, and costs little.
  if (!(await engine.room(tenant ?? '', stopping)))
    throw new Error('this worker stops; another one takes the job');
  const outcome = await engine.accept(payload, {
    tenantId: tenant ?? '',
    source: 'queue',
    idempotencyKey: keyOf(payload, job.id),
  });
  if (outcome.kind === 'accepted') {
    // In hand for as long as a call usually takes: so no more is fetched than can be sent. A slow one goes on by itself.
    if (outcome.sending) await atMost(usualCallMs, outcome.sending);
    return outcome.id;
  }
  await store.rejectedJobs.record({
    tenantId: outcome.code === 'OTP_UNKNOWN_TENANT' ? null : (tenant ?? null),
    jobId: job.id,
    problems: [{ path: '', problem: outcome.code }, ...outcome.problems],
  });
  if (outcome.code === 'OTP_PLAINTEXT_CODE') await job.removeNow();
  else
    await job.scrub({ v: 1, tenant: safeTenant(tenant), refused: outcome.code, problems: outcome.problems });
  throw new Refused(sentence(outcome));
}

const sentence = ({ code, problems }: Extract<Accepted, { kind: 'refused' }>): string =>
  `${code}: ${problemCodes[code][1]}${problems.map((p) => `; ${p.path} ${p.problem}`).join('')}`;

/** A job carries its version and tenant beside the request's own fields. */
function split(data: unknown): { tenant?: string; payload: unknown } {
  if (typeof data !== 'object' || data === null) return { payload: data };
  const { v, tenant, ...payload } = data as Record<string, unknown>;
  return {
    payload: v === 1 ? payload : { v, ...payload },
    ...(typeof tenant === 'string' && { tenant }),
  };
}

/** A job that runs twice must not send twice: its own id is the key when the caller gave none. */
function keyOf(payload: unknown, jobId: string): string {
  const key =
    typeof payload === 'object' && payload !== null && 'idempotencyKey' in payload && payload.idempotencyKey;
  return typeof key === 'string' ? key : `job-${jobId}`;
}

const safeTenant = (tenant: string | undefined): string | null =>
  tenant !== undefined && /^[a-z0-9-]{1,64}$/.test(tenant) ? tenant : null;
