import type pg from 'pg';
import { query } from '../with-client.ts';

/** An event that was taken to be sent. */
export interface ClaimedEvent {
  readonly id: string;
  readonly type: string;
  readonly verificationId: string;
  /** ms since 1970. */
  readonly at: number;
  readonly data: unknown;
  /** This try counted. */
  readonly tries: number;
  /** What people may see of the address; null when the verification was erased meanwhile. */
  readonly recipientMasked: string | null;
  readonly idempotencyKey: string | null;
}

/** What became of a try. `delayMs`: when to try again, while it is pending. */
export interface TriedEvent {
  readonly id: string;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly delayMs: number;
  readonly status: number | null;
  readonly failure: string | null;
}

/** Takes events that are due, oldest first, for `leaseMs`: whoever took them and died is found again by that. */
export const claimEvents = (
  pool: pg.Pool,
  tenantId: string,
  webhook: string,
  { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
): Promise<ClaimedEvent[]> =>
  query<ClaimedEvent>(pool, {
    name: 'outbox-claim',
    // Materialized: joined in place, the selection would be made anew for each row, each time with other rows.
    text: `with due as materialized (
        select id from otp.outbox
        where tenant_id = $1 and webhook = $2 and state = 'pending' and due_at <= (select otp.now_ms())
        order by due_at limit $3::int for update skip locked
      ), claimed as (
        update otp.outbox o set due_at = otp.now_ms() + $4::bigint, tries = o.tries + 1, last_at = otp.now_ms()
        from due where o.tenant_id = $1 and o.webhook = $2 and o.id = due.id
        returning o.id, o.type, o.verification_id, o.at, o.data, o.tries
      )
      select c.id, c.type, c.verification_id as "verificationId", c.at, c.data, c.tries,
        r.recipient_masked as "recipientMasked", v.idempotency_key as "idempotencyKey"
      from claimed c left join otp.requests r on r.tenant_id = $1 and r.id = c.verification_id
        left join otp.verifications v on v.id = c.verification_id
      order by c.id`,
    values: [tenantId, webhook, limit, leaseMs],
  });

/** Writes down what became of tries. */
export async function recordTries(
  pool: pg.Pool,
  tenantId: string,
  webhook: string,
  tried: readonly TriedEvent[],
): Promise<void> {
  await query(pool, {
    name: 'outbox-record',
    text: `update otp.outbox o set state = r.state, due_at = otp.now_ms() + r.delay_ms, last_status = r.status,
        last_failure = r.failure
      from unnest($3::text[], $4::text[], $5::bigint[], $6::int[], $7::text[]) as r(id, state, delay_ms, status, failure)
      where o.tenant_id = $1 and o.webhook = $2 and o.id = r.id and o.state = 'pending'`,
    values: [
      tenantId,
      webhook,
      tried.map((it) => it.id),
      tried.map((it) => it.state),
      tried.map((it) => Math.round(it.delayMs)),
      tried.map((it) => it.status),
      tried.map((it) => it.failure),
    ],
  });
}

/** Webhooks with something due for more than `graceMs` already: one look into the index for each, however much waits. */
export const waitingWebhooks = (
  pool: pg.Pool,
  graceMs: number,
): Promise<{ readonly tenant: string; readonly webhook: string }[]> =>
  query(pool, {
    name: 'outbox-waiting',
    text: `select w.tenant_id as tenant, w.id as webhook from otp.webhooks w
      where w.state = 'enabled' and w.rests_until <= (select otp.now_ms()) and exists (
        select from otp.outbox o where o.tenant_id = w.tenant_id and o.webhook = w.id and o.state = 'pending'
          and o.due_at <= (select otp.now_ms() - $1::bigint)
      )`,
    values: [graceMs],
  });

/** Forgets what happened before an instant; what still waits for its delivery is kept. Resolves to how many rows went. */
export async function forgetEvents(pool: pg.Pool, before: number): Promise<number> {
  const rows = await query<{ count: number }>(pool, {
    text: `with gone as (
        delete from otp.outbox o where o.at < $1 and (o.state <> 'pending' or not exists (
          select from otp.webhooks w where w.tenant_id = o.tenant_id and w.id = o.webhook
        )) returning 1
      ) select count(*) as count from gone`,
    values: [before],
  });
  return rows[0]?.count ?? 0;
}
