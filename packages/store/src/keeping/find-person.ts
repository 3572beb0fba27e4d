import type pg from 'pg';
import { withKeeper } from '../with-keeper.ts';

/** What is known of a person: keyed hashes of an address, and how it looks masked. */
export interface Person {
  readonly tenantId: string;
  readonly recipientKeys: readonly Buffer[];
  /** Rows that show one of these may be the person's: only the sealed address tells. */
  readonly masks: readonly string[];
}

/** A verification that is the person's (`known`), or may be. */
export interface Candidate {
  readonly id: string;
  readonly live: boolean;
  readonly known: boolean;
  readonly sealedRecipient: Buffer;
}

/**
 * The next verifications of a tenant that are or may be a person's, by id. The index finds those whose first address it is; a
 * second address, or one hashed with an older pepper, has no key of its own and is looked for by its mask.
 */
export const findPerson = (
  pool: pg.Pool,
  { tenantId, recipientKeys, masks }: Person,
  page: { readonly after: string; readonly limit: number },
): Promise<Candidate[]> =>
  withKeeper(pool, tenantId, (ask) =>
    ask<Candidate & pg.QueryResultRow>(
      `select r.id, v.status = 'pending' as live, r.recipient_key = any($2::bytea[]) as known,
          r.sealed_recipient as "sealedRecipient"
        from otp.requests r join otp.verifications v using (tenant_id, id)
        where r.tenant_id = $1 and r.id > $4 and (r.recipient_key = any($2::bytea[])
          or exists (select from unnest($3::text[]) m where strpos(lower(r.recipient_masked), m) > 0))
        order by r.id limit $5`,
      [tenantId, recipientKeys, masks.map((mask) => mask.toLowerCase()), page.after, page.limit],
    ),
  );
