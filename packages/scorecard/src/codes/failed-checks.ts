import type pg from 'pg';

/** Wrong guesses that were compared, as the timelines tell. */
export async function failedChecksOf(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `select count(*)::int as count from otp.events where type = 'check_failed'`,
  );
  return rows[0]?.count ?? 0;
}
