import type { Channel, Delivery, Purpose, VerificationStatus } from '@otp-relay/core';
import type pg from 'pg';
import { firstIdAt } from '../first-id-at.ts';
import { withTenant } from '../with-tenant.ts';

/** One line of a list. Instants in ms since 1970. */
export interface VerificationSummary {
  readonly id: string;
  readonly purpose: Purpose;
  readonly status: VerificationStatus;
  readonly delivery: Delivery;
  /** The channel of the current attempt. */
  readonly channel: Channel | null;
  readonly attempts: number;
  readonly recipientMasked: string;
  readonly country: string | null;
  readonly mode: 'live' | 'test';
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly updatedAt: number;
}

export interface ListOptions {
  readonly status?: VerificationStatus;
  /** Created at or after this instant. */
  readonly since?: number;
  /** Older than the verification with this id: the last id of one page asks for the next. */
  readonly before?: string;
  /** 50 when not given, 500 at most. */
  readonly limit?: number;
}

const defaultLimit = 50;
const maxLimit = 500;

/** A tenant's verifications, newest first. */
export const listVerifications = (
  pool: pg.Pool,
  tenantId: string,
  { status, since, before, limit = defaultLimit }: ListOptions = {},
): Promise<VerificationSummary[]> =>
  withTenant(pool, tenantId, (ask) =>
    ask<VerificationSummary>(
      `select v.id, r.purpose, v.status, v.delivery, a.channel, r.recipient_masked as "recipientMasked", r.country, r.mode,
          (select count(*) from otp.attempts t where t.verification_id = v.id) as attempts,
          v.created_at as "createdAt", v.expires_at as "expiresAt", v.updated_at as "updatedAt"
        from otp.requests r join otp.verifications v using (tenant_id, id)
          left join otp.attempts a on a.verification_id = v.id and a.id = v.current_id
        where r.tenant_id = $1 and ($2::text is null or r.id < $2) and ($3::text is null or r.id >= $3)
          and ($4::bigint is null or v.created_at >= $4) and ($5::text is null or v.status = $5)
        order by r.id desc limit $6`,
      [
        tenantId,
        before ?? null,
        since === undefined ? null : firstIdAt(since - clockSlackMs),
        since ?? null,
        status ?? null,
        Math.min(limit, maxLimit),
      ],
    ),
  );

/** Ids carry the clock of the process that made them, rows that of Postgres. */
const clockSlackMs = 3_600_000;
