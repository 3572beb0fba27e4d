import type pg from 'pg';
import { releaseWith } from './release.ts';
import { reserveWith } from './reserve.ts';
import type { BucketAsk, Held, Reserved, Take } from './take.ts';

/** Something to be written that takes from buckets. */
export interface Limited {
  readonly takes?: readonly Take[];
}

export interface Admitted<Row, Written> {
  readonly written: Written;
  /** Rows that limits turned away: not written. */
  readonly refused: ReadonlyMap<Row, Extract<Reserved, { ok: false }>>;
  /** Gives back what a row took that was not written after all; in a transaction of its own. */
  readonly giveBack: (rows: readonly Row[]) => Promise<void>;
}

/**
 * Writes the rows that limits let pass, in the transaction that holds their buckets: whoever is refused because of a row
 * finds that row written. Without anything to take this is `write` and nothing else.
 */
export async function admit<Row extends Limited, Written>(
  client: pg.PoolClient,
  rows: readonly Row[],
  tenantOf: (row: Row) => string,
  now: number,
  write: (rows: readonly Row[]) => Promise<Written>,
): Promise<Admitted<Row, Written>> {
  const limited = rows.filter((row) => row.takes && row.takes.length > 0);
  if (limited.length === 0)
    return { written: await write(rows), refused: new Map(), giveBack: async () => undefined };
  const asks = limited.map((row): BucketAsk => ({ tenantId: tenantOf(row), takes: row.takes ?? [] }));
  const reserved = await reserveWith(client, asks, now, ['begin']);
  const refused = new Map<Row, Extract<Reserved, { ok: false }>>();
  const held = new Map<Row, Held>();
  for (const [index, row] of limited.entries()) {
    const [ask, outcome] = [asks[index], reserved[index]];
    if (!ask || !outcome) continue;
    if (outcome.ok) held.set(row, { ask, granted: outcome.granted, at: now });
    else refused.set(row, outcome);
  }
  const passed = rows.filter((row) => !refused.has(row));
  const [written] = await Promise.all([write(passed), client.query('commit')]);
  return {
    written,
    refused,
    async giveBack(unwritten) {
      const back = unwritten.flatMap((row) => held.get(row) ?? []);
      if (back.length === 0) return;
      await client.query('begin');
      await releaseWith(client, back);
      await client.query('commit');
    },
  };
}
