import type { Producer } from '@otp-relay/queue';
import type { Replayed, ReplayWanted, Store } from '@otp-relay/store';
import type { Log } from '../log.ts';

/** Sends a tenant's events again, whatever became of them: one, or those of a time. Their ids stay the same. */
export async function replayEvents(
  ports: {
    readonly store: { readonly outbox: Pick<Store['outbox'], 'replay'> };
    readonly producer: Pick<Producer, 'publish'>;
    readonly log?: Pick<Log, 'warn'>;
  },
  tenantId: string,
  wanted: ReplayWanted,
): Promise<Replayed> {
  const replayed = await ports.store.outbox.replay(tenantId, wanted);
  const bells = replayed.webhooks.map((webhook) => ({ tenant: tenantId, webhook }));
  await ports.producer
    .publish(bells)
    .catch((err: unknown) => ports.log?.warn({ err }, 'the queue is away; what is due is found without it'));
  return replayed;
}
