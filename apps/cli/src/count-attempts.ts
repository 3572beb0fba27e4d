import type { Store } from '@otp-relay/store';

/** How many attempts these tenants have sent since an instant (ms), failed or not. */
export async function countAttempts(
  store: Store,
  tenants: readonly string[],
  since: number,
): Promise<number> {
  const counts = await Promise.all(
    tenants.map((id) =>
      store.withTenant(id, async (ask) => {
        const rows = await ask<{ count: number }>(
          'select count(*) as count from otp.attempts where queued_at >= $1 and sending_at is not null',
          [since],
        );
        return rows[0]?.count ?? 0;
      }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
