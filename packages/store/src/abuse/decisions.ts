import type { Channel, Purpose } from '@otp-relay/core';
import type pg from 'pg';
import { arraysOf, unnest } from '../ledger/bulk.ts';
import { storableJson } from '../ledger/storable.ts';
import { query } from '../with-client.ts';
import { withTenant } from '../with-tenant.ts';

/** Why a rule spoke, as stored: its name, what it did, what it saw. */
export interface DecisionReason {
  readonly rule: string;
  readonly mode: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

/** What was decided about one request, before anything was sent. Holds no address. */
export interface AbuseDecision {
  readonly tenantId: string;
  /** ms since 1970. */
  readonly at: number;
  readonly outcome: 'allowed' | 'monitored' | 'degraded' | 'refused';
  readonly purpose: Purpose;
  readonly recipientMasked: string;
  readonly country: string | null;
  /** All but the last four digits. */
  readonly prefix: string | null;
  /** What is left of the route, in order. */
  readonly channels: readonly Channel[];
  readonly source: 'http' | 'queue';
  readonly reasons: readonly DecisionReason[];
  /** The verification it is about; read back, null when none was made, or it is gone. */
  readonly verificationId: string | null;
}

const columns = {
  tenant_id: 'text',
  at: 'bigint',
  outcome: 'text',
  purpose: 'text',
  recipient_masked: 'text',
  country: 'text',
  prefix: 'text',
  channels: 'text',
  source: 'text',
  reasons: 'jsonb',
  verification_id: 'text',
} as const;

const statement = {
  name: 'abuse-decide',
  text: `insert into otp.abuse_decisions
      (tenant_id, at, outcome, purpose, recipient_masked, country, prefix, channels, source, reasons, verification_id)
    select tenant_id, at, outcome, purpose, recipient_masked, country, prefix, channels::text[], source, reasons,
      verification_id
    from ${unnest(columns)} order by n`,
};

/** Writes decisions down. */
export async function recordDecisions(pool: pg.Pool, decisions: readonly AbuseDecision[]): Promise<void> {
  if (decisions.length === 0) return;
  const rows = decisions.map((it) => ({
    tenant_id: it.tenantId,
    at: it.at,
    outcome: it.outcome,
    purpose: it.purpose,
    recipient_masked: it.recipientMasked,
    country: it.country,
    prefix: it.prefix,
    channels: `{${it.channels.join(',')}}`,
    source: it.source,
    reasons: storableJson(it.reasons),
    verification_id: it.verificationId,
  }));
  await query(pool, { ...statement, values: arraysOf(columns, rows) });
}

export interface DecisionQuery {
  /** Taken at or after this instant. */
  readonly since: number;
  readonly outcome?: AbuseDecision['outcome'] | undefined;
  readonly limit: number;
}

/** A tenant's decisions, newest first. */
export const listDecisions = (
  pool: pg.Pool,
  tenantId: string,
  { since, outcome, limit }: DecisionQuery,
): Promise<AbuseDecision[]> =>
  withTenant(pool, tenantId, (ask) =>
    ask<AbuseDecision>(
      `select d.tenant_id as "tenantId", d.at, d.outcome, d.purpose, d.recipient_masked as "recipientMasked", d.country,
          d.prefix, d.channels, d.source, d.reasons, v.id as "verificationId"
        from otp.abuse_decisions d left join otp.verifications v on v.id = d.verification_id and v.tenant_id = $1
        where d.tenant_id = $1 and d.at >= $2 and ($3::text is null or d.outcome = $3) order by d.id desc limit $4`,
      [tenantId, since, outcome ?? null, limit],
    ),
  );
