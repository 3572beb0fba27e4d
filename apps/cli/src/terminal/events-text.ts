import type { EventView } from '@otp-relay/contracts';
import { shortSpan } from './spans.ts';
import { type Cell, table } from './table.ts';
import type { Canvas } from './verification-text.ts';

export type ListedEvent = EventView & { readonly tenantId: string };

/** Events as a table, one line for each webhook that was told. */
export function eventsText(
  events: readonly ListedEvent[],
  canvas: Canvas & { readonly now: () => number },
): string {
  if (events.length === 0) return 'No events. They are kept for tenants that have webhooks, for seven days.';
  const now = canvas.now();
  return table(
    [
      { title: 'event' },
      { title: 'tenant', shrinksTo: 6 },
      { title: 'type', shrinksTo: 9 },
      { title: 'verification', shrinksTo: 12 },
      { title: 'webhook' },
      { title: 'tries', align: 'right' },
      { title: 'state' },
      { title: 'age', align: 'right' },
    ],
    events.flatMap((event) =>
      event.deliveries.map((delivery) => [
        { text: event.id },
        { text: event.tenantId },
        { text: event.type.replace('verification.', '') },
        { text: event.data.id },
        { text: delivery.webhook },
        { text: String(delivery.tries) },
        stateOf(delivery, now),
        { text: shortSpan(now - Date.parse(event.timestamp)), tone: 'dim' as const },
      ]),
    ),
    canvas,
  );
}

function stateOf(delivery: EventView['deliveries'][number], now: number): Cell {
  if (delivery.state === 'delivered') return { text: `delivered ${delivery.lastStatus ?? ''}`, tone: 'good' };
  if (delivery.state === 'failed') return { text: `failed: ${delivery.lastFailure ?? ''}`, tone: 'bad' };
  if (delivery.lastFailure === null || delivery.nextAt === null) return { text: 'waits', tone: 'dim' };
  return {
    text: `${delivery.lastFailure}, again in ${shortSpan(Date.parse(delivery.nextAt) - now)}`,
    tone: 'warn',
  };
}
