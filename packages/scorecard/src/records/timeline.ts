import type pg from 'pg';

/** A line of a verification's timeline. */
export interface TimelineRow {
  readonly id: string;
  readonly type: string;
  readonly attemptId: string | null;
  /** ms since 1970, Postgres' clock. */
  readonly at: number;
}

/** The whole timeline of one tenant, by verification, in order. */
export async function readTimeline(
  database: pg.Pool,
  tenantId: string,
): Promise<ReadonlyMap<string, readonly TimelineRow[]>> {
  const { rows } = await database.query<TimelineRow>(
    `select verification_id as id, type, attempt_id as "attemptId", at::float8 as at
    from otp.events where tenant_id = $1 order by verification_id, seq`,
    [tenantId],
  );
  const grouped = new Map<string, TimelineRow[]>();
  for (const row of rows) {
    const group = grouped.get(row.id);
    if (group) group.push(row);
    else grouped.set(row.id, [row]);
  }
  return grouped;
}
