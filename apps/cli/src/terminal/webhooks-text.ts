import type { StoredWebhook } from '@otp-relay/store';
import { shortSpan } from './spans.ts';
import { type Cell, table } from './table.ts';
import type { Canvas } from './verification-text.ts';

export type ListedWebhook = Omit<StoredWebhook, 'sealedSecrets'> & { readonly secrets?: readonly string[] };

/** Webhooks as a table, or what to do when there is none. */
export function webhooksText(
  webhooks: readonly ListedWebhook[],
  canvas: Canvas & { readonly now: () => number },
): string {
  if (webhooks.length === 0)
    return 'No webhooks. Add one under "webhooks" in the file of a tenant: otp tenants apply tenants.yaml';
  const now = canvas.now();
  const shown = table(
    [
      { title: 'webhook' },
      { title: 'tenant', shrinksTo: 6 },
      { title: 'url', shrinksTo: 16 },
      { title: 'events', shrinksTo: 8 },
      { title: 'state' },
    ],
    webhooks.map((webhook) => [
      { text: webhook.id },
      { text: webhook.tenantId },
      { text: withoutQuery(webhook.url) },
      { text: webhook.events?.map((type) => type.replace('verification.', '')).join(',') ?? 'all' },
      stateOf(webhook, now),
    ]),
    canvas,
  );
  const secrets = webhooks.flatMap(({ id, tenantId, secrets: own = [] }) =>
    own.map((secret) => `${tenantId} ${id}  ${secret}`),
  );
  return [shown, ...(secrets.length > 0 ? ['', ...secrets] : [])].join('\n');
}

/** What stands behind the question mark may be a secret of the receiver's. */
const withoutQuery = (url: string): string => url.replace(/\?.*$/, '?…');

function stateOf({ state, disabledReason, failures, failingSince }: ListedWebhook, now: number): Cell {
  if (state === 'disabled')
    return {
      text: disabledReason === 'gone' ? 'disabled: answered 410' : 'disabled: failed for days',
      tone: 'bad',
    };
  if (failures === 0 || failingSince === null) return { text: 'works', tone: 'good' };
  return { text: `fails for ${shortSpan(now - failingSince)}`, tone: 'warn' };
}
