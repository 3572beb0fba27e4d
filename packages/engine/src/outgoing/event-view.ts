import type { EventView } from '@otp-relay/contracts';
import type { EventDelivery, StoredEvent } from '@otp-relay/store';
import { eventBodyOf } from './event-data.ts';

const instant = (ms: number): string => new Date(ms).toISOString();

/** A stored event as its tenant sees it, with what became of it. */
export const eventViewOf = (event: StoredEvent): EventView => ({
  id: event.id,
  ...eventBodyOf(event),
  deliveries: event.deliveries.map(deliveryOf),
});

const deliveryOf = (delivery: EventDelivery) => ({
  webhook: delivery.webhook,
  state: delivery.state,
  tries: delivery.tries,
  lastAt: delivery.lastAt === null ? null : instant(delivery.lastAt),
  lastStatus: delivery.lastStatus,
  lastFailure: delivery.lastFailure,
  nextAt: delivery.state === 'pending' ? instant(delivery.dueAt) : null,
});
