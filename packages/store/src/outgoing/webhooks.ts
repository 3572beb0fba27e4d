import type pg from 'pg';
import { query } from '../with-client.ts';

/** One webhook of a tenant, as Postgres holds it. Instants in ms since 1970. */
export interface StoredWebhook {
  readonly tenantId: string;
  readonly id: string;
  readonly url: string;
  /** Null: every type. */
  readonly events: readonly string[] | null;
  /** Sealed by the vault; null until first needed. */
  readonly sealedSecrets: Buffer | null;
  readonly state: 'enabled' | 'disabled';
  readonly disabledReason: string | null;
  readonly disabledAt: number | null;
  /** Calls in a row that came to nothing. */
  readonly failures: number;
  readonly failingSince: number | null;
  /** Nothing is sent before. */
  readonly restsUntil: number;
}

const columns = `tenant_id as "tenantId", id, url, events, sealed_secrets as "sealedSecrets", state,
  disabled_reason as "disabledReason", disabled_at as "disabledAt", failures, failing_since as "failingSince",
  rests_until as "restsUntil"`;

/** A tenant's webhooks, or (operators only) those of all with null. */
export const listWebhooks = (pool: pg.Pool, tenantId: string | null): Promise<StoredWebhook[]> =>
  query<StoredWebhook>(pool, {
    text: `select ${columns} from otp.webhooks where $1::text is null or tenant_id = $1 order by tenant_id, id`,
    values: [tenantId],
  });

export async function getWebhook(
  pool: pg.Pool,
  tenantId: string,
  id: string,
): Promise<StoredWebhook | undefined> {
  const rows = await query<StoredWebhook>(pool, {
    name: 'webhooks-get',
    text: `select ${columns} from otp.webhooks where tenant_id = $1 and id = $2`,
    values: [tenantId, id],
  });
  return rows[0];
}

/** Puts other secrets in place of those `basedOn`; false when somebody else was first. */
export async function putWebhookSecrets(
  pool: pg.Pool,
  webhook: { readonly tenantId: string; readonly id: string },
  sealed: Buffer,
  basedOn: Buffer | null,
): Promise<boolean> {
  const rows = await query(pool, {
    text: `update otp.webhooks set sealed_secrets = $3
      where tenant_id = $1 and id = $2 and sealed_secrets is not distinct from $4 returning id`,
    values: [webhook.tenantId, webhook.id, sealed, basedOn],
  });
  return rows.length > 0;
}

/** One caller in a while may try a webhook that fails; true for the one who may, until `leaseMs` from now. */
export async function probeWebhook(
  pool: pg.Pool,
  tenantId: string,
  id: string,
  leaseMs: number,
): Promise<boolean> {
  const rows = await query(pool, {
    text: `update otp.webhooks set rests_until = otp.now_ms() + $3::bigint
      where tenant_id = $1 and id = $2 and state = 'enabled' and rests_until <= otp.now_ms() returning id`,
    values: [tenantId, id, leaseMs],
  });
  return rows.length > 0;
}

/** The calls of a webhook work again. */
export async function webhookWorks(pool: pg.Pool, tenantId: string, id: string): Promise<void> {
  await query(pool, {
    text: `update otp.webhooks set failures = 0, failing_since = null, rests_until = 0
      where tenant_id = $1 and id = $2 and failures > 0`,
    values: [tenantId, id],
  });
}

/** One call more came to nothing: the webhook rests for `restMs`. Resolves to since when it fails, ms since 1970. */
export async function webhookFails(
  pool: pg.Pool,
  tenantId: string,
  id: string,
  restMs: number,
): Promise<number | undefined> {
  const rows = await query<{ since: number }>(pool, {
    text: `update otp.webhooks set failures = failures + 1, failing_since = coalesce(failing_since, otp.now_ms()),
        rests_until = otp.now_ms() + $3::bigint
      where tenant_id = $1 and id = $2 returning failing_since as since`,
    values: [tenantId, id, restMs],
  });
  return rows[0]?.since;
}

/** Sends nothing more there, and gives up what waits. True when it was enabled until now. */
export async function disableWebhook(
  pool: pg.Pool,
  tenantId: string,
  id: string,
  reason: string,
): Promise<boolean> {
  const rows = await query(pool, {
    text: `with done as (
        update otp.webhooks set state = 'disabled', disabled_reason = $3, disabled_at = otp.now_ms()
        where tenant_id = $1 and id = $2 and state = 'enabled' returning tenant_id, id
      ), given_up as (
        update otp.outbox o set state = 'failed', last_failure = 'webhook_disabled'
        from done where o.tenant_id = done.tenant_id and o.webhook = done.id and o.state = 'pending'
      )
      select id from done`,
    values: [tenantId, id, reason],
  });
  return rows.length > 0;
}

/** True when it was disabled until now. */
export async function enableWebhook(pool: pg.Pool, tenantId: string, id: string): Promise<boolean> {
  const rows = await query(pool, {
    text: `update otp.webhooks set state = 'enabled', disabled_reason = null, disabled_at = null, failures = 0,
        failing_since = null, rests_until = 0
      where tenant_id = $1 and id = $2 and state = 'disabled' returning id`,
    values: [tenantId, id],
  });
  return rows.length > 0;
}
