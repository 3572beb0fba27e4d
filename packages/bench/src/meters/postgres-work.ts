import type pg from 'pg';

/** What Postgres did per OTP. */
export interface PostgresWork {
  /** By `pg_stat_database`, which lags by up to a second: good to a few per cent. */
  readonly transactions: number;
  readonly walBytes: number;
  /** Pages touched by statements, in memory or not; NaN without `pg_stat_statements`. */
  readonly pages: number;
  /** The dearest statements; only with `--statements`. */
  readonly statements: readonly StatementCost[];
}

export interface StatementCost {
  readonly text: string;
  readonly callsPerOtp: number;
  readonly rowsPerCall: number;
  /** ms of one server process per 1,000 OTPs, planning included. */
  readonly msPerThousand: number;
}

interface PostgresReading {
  readonly transactions: number;
  readonly walBytes: number;
  readonly pages: number;
  readonly statements: ReadonlyMap<string, Statement>;
  since(before: PostgresReading, count: number): PostgresWork;
}

interface Statement {
  readonly id: string;
  readonly text: string;
  readonly calls: number;
  readonly rows: number;
  readonly ms: number;
}

const shown = 12;

/** Reads the server's own counters; those of the reader's connection are a handful. */
export async function readPostgres(database: pg.Client): Promise<PostgresReading> {
  await database.query('select pg_stat_clear_snapshot()');
  const { rows } = await database.query<{ transactions: string; wal: string; tracked: boolean }>(
    `select (select sum(xact_commit) from pg_stat_database where datname = current_database()) as transactions,
            pg_current_wal_lsn() - '0/0'::pg_lsn as wal,
            exists (select from pg_extension where extname = 'pg_stat_statements') as tracked`,
  );
  const [row] = rows;
  const reading = {
    pages: row?.tracked ? await readPages(database) : Number.NaN,
    transactions: Number(row?.transactions ?? 0),
    walBytes: Number(row?.wal ?? 0),
    statements: row?.tracked ? await readStatements(database) : new Map<string, Statement>(),
  };
  return { ...reading, since: (before, count) => difference(before, reading, count) };
}

async function readPages(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ pages: number }>(
    `select sum(shared_blks_hit + shared_blks_read)::float8 as pages from pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database()) and query like '%otp.%'
        and query not like '%count(*)%'`,
  );
  return rows[0]?.pages ?? 0;
}

async function readStatements(database: pg.Client): Promise<Map<string, Statement>> {
  const { rows } = await database.query<Statement>(
    `select concat_ws('/', userid, queryid, toplevel) as id, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as text,
            calls::float8 as calls, rows::float8 as rows, (total_exec_time + total_plan_time)::float8 as ms
       from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())`,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

function difference(
  before: Omit<PostgresReading, 'since'>,
  after: Omit<PostgresReading, 'since'>,
  count: number,
): PostgresWork {
  const statements = [...after.statements.values()].map((now): StatementCost & { readonly ms: number } => {
    const then = before.statements.get(now.id);
    const calls = now.calls - (then?.calls ?? 0);
    const ms = now.ms - (then?.ms ?? 0);
    return {
      text: now.text,
      callsPerOtp: calls / count,
      rowsPerCall: calls === 0 ? 0 : (now.rows - (then?.rows ?? 0)) / calls,
      msPerThousand: (ms * 1_000) / count,
      ms,
    };
  });
  return {
    transactions: (after.transactions - before.transactions) / count,
    walBytes: (after.walBytes - before.walBytes) / count,
    pages: (after.pages - before.pages) / count,
    statements: statements.sort((one, other) => other.ms - one.ms).slice(0, shown),
  };
}
