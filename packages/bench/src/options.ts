import { parseArgs } from 'node:util';

/** What a run measures; every number has a default that keeps the whole run under two minutes on two cores. */
export interface BenchOptions {
  /** Where the queues live; the ledger is in Postgres either way. */
  readonly backend: 'redis' | 'postgres';
  /** OTPs of the throughput run. */
  readonly count: number;
  /** Worker processes of the lifecycle; the baseline has one. */
  readonly workers: number;
  /** OTPs per second of the latency run, and how long it lasts. */
  readonly rate: number;
  readonly seconds: number;
  /** How long the simulated provider gathers receipts into one webhook, ms; 0 sends each on its own. */
  readonly batchMs: number;
  /** Print one JSON line on stdout; everything for people goes to stderr. */
  readonly json: boolean;
  /** Leave the bare loop out: for comparing two versions of the lifecycle. */
  readonly alone: boolean;
  /** Store CPU profiles of the api and the workers under `.data/profiles`. */
  readonly profile: boolean;
  /** Show what each SQL statement cost (`pg_stat_statements`). */
  readonly statements: boolean;
}

export const usage = `pnpm bench <lifecycle|baseline> [flags]

  --backend redis|postgres   where the queues live (redis)
  --count <n>                OTPs of the throughput run (6000; postgres 1500)
  --workers <n>              worker processes of the lifecycle (1)
  --rate <n>                 OTPs per second of the latency run (200; postgres 50)
  --seconds <n>              how long the latency run lasts, 0 leaves it out (20)
  --batch-ms <n>             the provider gathers receipts this long into one webhook, 0 = one each (20)
  --json                     end with one JSON line on stdout
  --alone                    leave the bare loop out
  --profile                  CPU profiles of api and workers under .data/profiles
  --statements               cost of each SQL statement

Others, each with a --help of its own: fairness, growth, ledger, memory, overload`;

/** Queues in Postgres carry less: the whole run is to stay short there too. */
const defaults = {
  redis: { count: '6000', rate: '200' },
  postgres: { count: '1500', rate: '50' },
} as const;

/** Reads the flags; throws a sentence for people. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backend: { type: 'string', default: 'redis' },
      count: { type: 'string' },
      workers: { type: 'string', default: '1' },
      rate: { type: 'string' },
      seconds: { type: 'string', default: '20' },
      'batch-ms': { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      alone: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      statements: { type: 'boolean', default: false },
    },
  });
  const { backend, json, alone, profile, statements } = values;
  if (backend !== 'redis' && backend !== 'postgres') throw new Error('--backend must be redis or postgres');
  return {
    backend,
    count: whole('count', values.count ?? defaults[backend].count, 1, 1_000_000),
    workers: whole('workers', values.workers, 1, 64),
    rate: whole('rate', values.rate ?? defaults[backend].rate, 1, 10_000),
    seconds: whole('seconds', values.seconds, 0, 3_600),
    batchMs: whole('batch-ms', values['batch-ms'], 0, 10_000),
    json,
    alone,
    profile,
    statements,
  };
}

/** Reads one number; throws a sentence for people. */
export function whole(flag: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high)
    throw new Error(`--${flag} must be a whole number from ${low} to ${high}`);
  return value;
}
