import type { Channel } from '@otp-relay/core';
import type pg from 'pg';
import { query } from '../with-client.ts';

/** The recipient of this verification declined this channel: remembered for `forMs` from now. */
export async function declineChannel(
  pool: pg.Pool,
  declined: {
    readonly tenantId: string;
    readonly id: string;
    readonly channel: Channel;
    readonly forMs: number;
  },
): Promise<void> {
  await query(pool, {
    text: `insert into otp.declined_channels (tenant_id, recipient_key, channel, until_at)
      select tenant_id, recipient_key, $3, otp.now_ms() + $4::bigint from otp.requests where tenant_id = $1 and id = $2
      on conflict (tenant_id, recipient_key, channel) do update set until_at = excluded.until_at`,
    values: [declined.tenantId, declined.id, declined.channel, declined.forMs],
  });
}

/** Whether any recipient of a tenant declines any channel now. */
export async function anyDeclined(pool: pg.Pool, tenantId: string): Promise<boolean> {
  const rows = await query<{ any: boolean }>(pool, {
    name: 'declined-any',
    text: `select exists (
      select from otp.declined_channels where tenant_id = $1 and until_at > (select otp.now_ms())
    ) as any`,
    values: [tenantId],
  });
  return rows[0]?.any ?? false;
}

/** The channels each recipient declines now, matched by position. */
export async function declinedBy(
  pool: pg.Pool,
  recipients: readonly { readonly tenantId: string; readonly recipientKey: Buffer }[],
): Promise<(readonly Channel[])[]> {
  const rows = await query<{ n: number; channels: Channel[] }>(pool, {
    name: 'declined-by',
    text: `select r.n, array_agg(d.channel) as channels
      from unnest($1::text[], $2::bytea[]) with ordinality as r(tenant_id, recipient_key, n)
      join otp.declined_channels d
        on d.tenant_id = r.tenant_id and d.recipient_key = r.recipient_key and d.until_at > (select otp.now_ms())
      group by r.n`,
    values: [recipients.map((r) => r.tenantId), recipients.map((r) => r.recipientKey)],
  });
  const found: (readonly Channel[])[] = recipients.map(() => []);
  for (const { n, channels } of rows) found[n - 1] = channels;
  return found;
}
