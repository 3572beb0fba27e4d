import type { EventBell } from '@otp-relay/queue';
import type { ClaimedEvent, Store, StoredWebhook, TriedEvent } from '@otp-relay/store';
import type { KeyRing } from '@otp-relay/vault';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Called, callWebhook } from './call-webhook.ts';
import { eventBodyOf } from './event-data.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { failingForMs, redeliveryDelayMs, restAfterFailures, restMs } from './redelivery.ts';
import { liveSecrets } from './webhook-secrets.ts';

export interface CourierPorts {
  readonly store: Pick<Store, 'webhooks' | 'outbox'>;
  readonly keys: KeyRing;
  readonly outgoing: GuardedFetch;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Counts calls by what they came to. */
  readonly count?: (outcome: Called['kind'] | 'given_up') => void;
}

/** What a turn left behind: `more` may be due at once; otherwise somebody rings again when something is. */
export type Turn = 'more' | 'rests';

const perTurn = 32;
/** Longer than the calls of a turn can take, the last one included. */
const leaseMs = 45_000;

/**
 * One turn at one webhook: takes what is due, calls, writes down what came of it. A webhook that fails gets one call at a
 * time, and rests in between; what waits for it is not counted as tried meanwhile.
 */
export async function takeTurn(
  { tenant, webhook }: EventBell,
  ports: CourierPorts,
  signal: AbortSignal,
): Promise<Turn> {
  const { store, clock } = ports;
  const hook = await store.webhooks.get(tenant, webhook);
  if (hook?.state !== 'enabled' || hook.restsUntil > clock.now()) return 'rests';
  const isProbe = hook.failures >= restAfterFailures;
  if (isProbe && !(await store.webhooks.probe(tenant, webhook, leaseMs))) return 'rests';
  const limit = isProbe ? 1 : perTurn;
  const events = await store.outbox.claim(tenant, webhook, { limit, leaseMs });
  if (events.length === 0) return 'rests';

  const secrets = await liveSecrets(store, ports.keys, hook, clock.now());
  const called = await Promise.all(
    events.map((event) =>
      callWebhook(
        ports.outgoing,
        { url: hook.url, secrets },
        { id: event.id, body: eventBodyOf(event) },
        { now: clock.now(), signal },
      ),
    ),
  );
  await store.outbox.record(
    tenant,
    webhook,
    events.flatMap((event, index) => triedOf(event, called[index], ports)),
  );
  await judge(hook, called, ports);
  const works = called.some(({ kind }) => kind === 'delivered');
  return works && (isProbe || events.length === limit) ? 'more' : 'rests';
}

function triedOf(event: ClaimedEvent, called: Called | undefined, { count }: CourierPorts): TriedEvent[] {
  if (!called) return [];
  count?.(called.kind);
  const { id } = event;
  if (called.kind === 'delivered')
    return [{ id, state: 'delivered', delayMs: 0, status: called.status, failure: null }];
  const failure = called.kind === 'gone' ? 'gone' : called.failure;
  const askedMs = called.kind === 'failed' ? called.retryAfterMs : undefined;
  const delayMs = redeliveryDelayMs(event.tries, { askedMs });
  if (delayMs === undefined) count?.('given_up');
  const state = delayMs === undefined ? 'failed' : 'pending';
  return [{ id, state, delayMs: delayMs ?? 0, status: called.status, failure }];
}

/** What the calls of a turn say of the webhook itself. */
async function judge(hook: StoredWebhook, called: readonly Called[], ports: CourierPorts): Promise<void> {
  const { tenantId, id, failures } = hook;
  const { webhooks } = ports.store;
  if (called.some(({ kind }) => kind === 'gone')) return disable(hook, 'gone', ports);
  if (called.some(({ kind }) => kind === 'delivered')) {
    if (failures > 0) await webhooks.works(tenantId, id);
    return;
  }
  const since = await webhooks.fails(tenantId, id, restMs(failures + 1));
  if (since !== undefined && ports.clock.now() - since > failingForMs) await disable(hook, 'failing', ports);
}

async function disable({ tenantId, id }: StoredWebhook, reason: string, ports: CourierPorts): Promise<void> {
  if (!(await ports.store.webhooks.disable(tenantId, id, reason))) return;
  ports.log.error(
    { tenant: tenantId, webhook: id, reason },
    'a webhook was disabled; mend it, then: otp webhooks enable',
  );
}
