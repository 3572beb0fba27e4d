import type { TimelineEntry, Verification } from '@otp-relay/core';
import type pg from 'pg';
import { again } from '../ledger/again.ts';
import {
  attemptsById,
  type StoredAttempt,
  type StoredVerification,
  storedColumns,
  verificationOf,
} from '../ledger/read-rows.ts';
import { withClient } from '../with-client.ts';
import { evidenceColumns, type StoredEvidence } from './evidence.ts';

/** What is told of an approved signature. Instants in ms since 1970. */
export interface SignatureMaterial {
  readonly verification: Verification;
  readonly timeline: readonly TimelineEntry[];
  readonly context: Readonly<Record<string, string>>;
  readonly recipientMasked: string;
  /** Keyed hash of the address. */
  readonly recipientKey: Buffer;
  readonly locale: string;
  readonly mode: 'live' | 'test';
  readonly source: string;
  readonly createdAt: number;
}

/** Where a record goes: after the one with this hash. */
export interface ChainPlace {
  readonly sequence: number;
  /** Of the record before it; 32 zeros for the first. */
  readonly previous: Buffer;
  /** Postgres' clock, ms since 1970. */
  readonly now: number;
}

export interface SealedRecord {
  readonly text: string;
  readonly hash: Buffer;
  readonly keyId: string;
  readonly signature: Buffer;
  /** The public key, base64url. */
  readonly x: string;
}

/**
 * Appends an approved signature to its tenant's chain, once; resolves to its link, also when it was there already, and to
 * undefined when there is nothing to seal: unknown, not a signature, not approved. `seal` may be called again after a deadlock.
 */
export const appendEvidence = (
  pool: pg.Pool,
  tenantId: string,
  id: string,
  seal: (material: SignatureMaterial, place: ChainPlace) => SealedRecord,
): Promise<StoredEvidence | undefined> =>
  again(() =>
    withClient(pool, async (client) => {
      await client.query('begin');
      const material = await materialOf(client, tenantId, id);
      const link = material && (await linkOf(client, material, seal));
      await client.query('commit');
      return link;
    }),
  );

async function linkOf(
  client: pg.PoolClient,
  material: SignatureMaterial,
  seal: (material: SignatureMaterial, place: ChainPlace) => SealedRecord,
): Promise<StoredEvidence | undefined> {
  const { tenantId, id } = material.verification;
  const { mode } = material;
  // One at a time per chain: two records must not follow the same one.
  await client.query(
    `select pg_advisory_xact_lock(hashtextextended('otp-evidence ' || $1 || ' ' || $2, 0))`,
    [tenantId, mode],
  );
  const { rows: there } = await client.query<StoredEvidence>(
    `select ${evidenceColumns} from otp.evidence where tenant_id = $1 and verification_id = $2`,
    [tenantId, id],
  );
  if (there[0]) return there[0];
  const { rows } = await client.query<{ sequence: number; hash: Buffer | null; now: number }>(
    `select coalesce(e.sequence, 0) as sequence, e.hash, otp.now_ms() as now from (values (1)) as one left join lateral
      (select sequence, hash from otp.evidence where tenant_id = $1 and mode = $2 order by sequence desc limit 1) e on true`,
    [tenantId, mode],
  );
  const { sequence = 0, hash = null, now = 0 } = rows[0] ?? {};
  const place = { sequence: sequence + 1, previous: hash ?? Buffer.alloc(32), now };
  const sealed = seal(material, place);
  await client.query(
    `with key as (
        insert into otp.evidence_keys (tenant_id, key_id, x) values ($1, $6, $8) on conflict do nothing
      )
      insert into otp.evidence (tenant_id, mode, sequence, verification_id, record, hash, key_id, signature, sealed_at)
      values ($1, $2, $3, $4, $5, $7, $6, $9, $10)`,
    [
      tenantId,
      mode,
      place.sequence,
      id,
      sealed.text,
      sealed.keyId,
      sealed.hash,
      sealed.x,
      sealed.signature,
      now,
    ],
  );
  return {
    sequence: place.sequence,
    verificationId: id,
    record: sealed.text,
    hash: sealed.hash,
    keyId: sealed.keyId,
    signature: sealed.signature,
  };
}

async function materialOf(
  client: pg.PoolClient,
  tenantId: string,
  id: string,
): Promise<SignatureMaterial | undefined> {
  type Row = StoredVerification & { recipient_masked: string; recipient_key: Buffer; source: string };
  const { rows } = await client.query<Row>(
    `select ${storedColumns}, r.recipient_masked, r.recipient_key, r.source
      from otp.verifications v join otp.requests r using (tenant_id, id)
      where v.id = $1 and v.tenant_id = $2 and r.purpose = 'signature' and v.status = 'approved'`,
    [id, tenantId],
  );
  const [row] = rows;
  if (!row?.context) return undefined;
  const attempts = await client.query<StoredAttempt>(
    'select * from otp.attempts where tenant_id = $2 and verification_id = $1 order by ordinal',
    [id, tenantId],
  );
  const timeline = await client.query<TimelineEntry & pg.QueryResultRow>(
    `select type, attempt_id as "attemptId", at, detail from otp.events
      where tenant_id = $2 and verification_id = $1 order by seq`,
    [id, tenantId],
  );
  return {
    verification: verificationOf(row, attemptsById(attempts.rows).get(id) ?? []),
    timeline: timeline.rows,
    context: row.context,
    recipientMasked: row.recipient_masked,
    recipientKey: row.recipient_key,
    locale: row.locale,
    mode: row.mode,
    source: row.source,
    createdAt: row.created_at,
  };
}
