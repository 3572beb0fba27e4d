import type { World } from '@otp-relay/e2e/world';
import type pg from 'pg';

/** How many verifications ended (or stand) how: `expired stopped`, `pending delivered`, … */
export async function statusesOf(database: pg.Client, tenantId: string): Promise<Record<string, number>> {
  const { rows } = await database.query<{ name: string; n: number }>(
    `select status || ' ' || delivery as name, count(*)::int as n from otp.verifications
      where tenant_id = $1 group by 1 order by 2 desc`,
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

/** Messages a provider took after their code had expired. */
export async function sendsAfterExpiry(database: pg.Client, world: World): Promise<number> {
  const { rows } = await database.query<{ id: string; expires: string }>(
    'select id, expires_at as expires from otp.verifications where tenant_id = $1',
    [world.tenantId],
  );
  const expiresAt = new Map(rows.map(({ id, expires }) => [id.slice('vrf_'.length), Number(expires)]));
  const messages = await world.simulator.messages({ limit: 100_000 });
  return messages.filter(({ attemptId, at }) => {
    const [, id = ''] = /^att_([0-9a-z]{26})_/.exec(attemptId ?? '') ?? [];
    return Date.parse(at) > (expiresAt.get(id) ?? Number.POSITIVE_INFINITY);
  }).length;
}
