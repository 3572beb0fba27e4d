import type pg from 'pg';
import { query } from '../with-client.ts';
import { withTenant } from '../with-tenant.ts';

/** How far an event came at one webhook. Instants in ms since 1970. */
export interface EventDelivery {
  readonly webhook: string;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly tries: number;
  readonly lastAt: number | null;
  /** HTTP. */
  readonly lastStatus: number | null;
  readonly lastFailure: string | null;
  readonly dueAt: number;
}

/** An event a tenant's webhooks were to be told. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly verificationId: string;
  readonly at: number;
  readonly data: unknown;
  readonly recipientMasked: string | null;
  readonly idempotencyKey: string | null;
  readonly deliveries: readonly EventDelivery[];
}

export interface EventFilter {
  readonly since?: number;
  readonly until?: number;
  readonly types?: readonly string[];
}

/** A tenant's events, newest first; `before` is the id the last page ended with. */
export const listEvents = (
  pool: pg.Pool,
  tenantId: string,
  filter: EventFilter & { readonly before?: string; readonly limit: number },
): Promise<StoredEvent[]> =>
  withTenant(pool, tenantId, (ask) =>
    ask<StoredEvent>(
      `select e.*, r.recipient_masked as "recipientMasked", v.idempotency_key as "idempotencyKey" from (
          select id, type, verification_id as "verificationId", at, data,
            json_agg(json_build_object('webhook', webhook, 'state', state, 'tries', tries, 'lastAt', last_at,
              'lastStatus', last_status, 'lastFailure', last_failure, 'dueAt', due_at) order by webhook) as deliveries
          from otp.outbox
          where tenant_id = $1 and ($2::bigint is null or at >= $2) and ($3::bigint is null or at < $3)
            and ($4::text[] is null or type = any($4)) and ($5::text is null or id < $5)
          group by id, type, verification_id, at, data order by id desc limit $6
        ) e
        left join otp.requests r on r.tenant_id = $1 and r.id = e."verificationId"
        left join otp.verifications v on v.id = e."verificationId"
        order by e.id desc`,
      [
        tenantId,
        filter.since ?? null,
        filter.until ?? null,
        filter.types ?? null,
        filter.before ?? null,
        filter.limit,
      ],
    ),
  );

/** What is to be told again: one event, or those of a time. */
export type ReplayWanted = { readonly id: string } | (EventFilter & { readonly since: number });

/** What will be told again; `through` is the instant of the last one, when there may be more after it. */
export interface Replayed {
  readonly events: number;
  readonly webhooks: readonly string[];
  readonly through: number | null;
}

const mostAtOnce = 10_000;

/** Makes events due again at the tenant's enabled webhooks, oldest first, delivered ones too; at most 10,000 deliveries at once. */
export async function replayEvents(pool: pg.Pool, tenantId: string, wanted: ReplayWanted): Promise<Replayed> {
  const one = 'id' in wanted;
  const rows = await query<{ id: string; webhook: string; at: number }>(pool, {
    text: `with again as materialized (
        select x.id, x.webhook from otp.outbox x
        join otp.webhooks w on w.tenant_id = x.tenant_id and w.id = x.webhook and w.state = 'enabled'
        where x.tenant_id = $1 and ($2::text is null or x.id = $2) and ($3::bigint is null or x.at >= $3)
          and ($4::bigint is null or x.at < $4) and ($5::text[] is null or x.type = any($5))
        order by x.at, x.id limit $6
      )
      update otp.outbox o set state = 'pending', due_at = otp.now_ms(), tries = 0, last_failure = null
      from again where o.tenant_id = $1 and o.id = again.id and o.webhook = again.webhook
      returning o.id, o.webhook, o.at`,
    values: [
      tenantId,
      one ? wanted.id : null,
      one ? null : wanted.since,
      one ? null : (wanted.until ?? null),
      one ? null : (wanted.types ?? null),
      mostAtOnce,
    ],
  });
  return {
    events: new Set(rows.map((row) => row.id)).size,
    webhooks: [...new Set(rows.map((row) => row.webhook))].sort(),
    through: rows.length < mostAtOnce ? null : Math.max(...rows.map((row) => row.at)),
  };
}
