import pg from 'pg';
import { storeFaultOf } from './store-fault.ts';

export interface StoreOptions {
  /** `postgres://…`; the user must be able to `SET ROLE` to `otp_corridor` and `otp_tenant`. */
  readonly url: string;
  /** For the whole store of this process; 10 when not given, at least 2. */
  readonly maxConnections?: number;
  /** What `pg_stat_activity` shows. */
  readonly applicationName?: string;
  /** Told when an idle connection dies; the pool opens another one by itself. */
  readonly onError?: (fault: Error) => void;
}

export interface Connections {
  /** For the ledger alone, so that no report can starve it. */
  readonly ledger: pg.Pool;
  readonly queries: pg.Pool;
  close(): Promise<void>;
}

const ledgerConnections = 4;
const connectWithinMs = 10_000;
const statementTimeoutMs = 30_000;

/** The two pools of a store. Every connection begins as the corridor's role: it is never its user's own, greater self. */
export function connect(options: StoreOptions): Connections {
  const max = Math.max(2, options.maxConnections ?? 10);
  const forLedger = Math.min(ledgerConnections, Math.floor(max / 2));
  // One plan per statement, by index: planning anew costs more than a small batch, and of young tables the planner knows
  // nothing and would scan them whole.
  const ledger = openPool(options, forLedger, ['plan_cache_mode=force_generic_plan', 'enable_seqscan=off']);
  const queries = openPool(options, max - forLedger, []);
  return { ledger, queries, close: async () => void (await Promise.all([ledger.end(), queries.end()])) };
}

function openPool(options: StoreOptions, max: number, settings: readonly string[]): pg.Pool {
  const pool = new pg.Pool({
    ...asCorridor(options.url, [`idle_in_transaction_session_timeout=${statementTimeoutMs}`, ...settings]),
    max,
    application_name: options.applicationName ?? 'otp-relay',
    types: numbersForBigints,
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: connectWithinMs,
    statement_timeout: statementTimeoutMs,
    // A cut network gives no answer at all; the server's own timeout comes first when it can.
    query_timeout: statementTimeoutMs + 5_000,
  });
  const tell = (error: Error): void => options.onError?.(storeFaultOf(error));
  pool.on('error', tell);
  // The pool stops listening while a connection is out, and an unheard 'error' ends the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Starts connections in the corridor's role. What the URL itself sets with `?options=` is kept, but cannot undo that. */
export function asCorridor(
  url: string,
  settings: readonly string[] = [],
): { readonly connectionString: string; readonly options: string } {
  const ours = [...settings, 'role=otp_corridor'].map((setting) => `-c ${setting}`).join(' ');
  if (!/[?&]options=/.test(url)) return { connectionString: url, options: ours };
  // The driver lets the URL win over the options beside it.
  const parsed = new URL(url);
  const given = parsed.searchParams.get('options') ?? '';
  parsed.searchParams.delete('options');
  return { connectionString: parsed.href, options: `${given} ${ours}` };
}

/** Instants in ms and counters fit a double until the year 287396. */
export const numbersForBigints = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};
