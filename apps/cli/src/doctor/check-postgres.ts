import { isStoreFault, openStore, type Store } from '@otp-relay/store';
import { type Finding, fail, ok, warn } from './finding.ts';

const slowMs = 50;
const skewedMs = 2_000;
/** undefined_table, undefined_function, invalid_schema_name, role missing. */
const notMigrated = new Set(['42P01', '42883', '3F000', '42704', '22023']);

/** Reaches Postgres and looks whether the schema is there. `store` is undefined when nothing more can be asked. */
export async function checkPostgres(postgres: {
  readonly url: string;
  readonly embedded: boolean;
}): Promise<{ readonly findings: readonly Finding[]; readonly store: Store | undefined }> {
  const store = openStore({ url: postgres.url, maxConnections: 2, applicationName: 'otp-doctor' });
  try {
    await store.now(); // the first one also connects
    const startedAt = performance.now();
    const postgresAt = await store.now();
    const roundTripMs = Math.ceil(performance.now() - startedAt);
    const aheadMs = Math.abs(postgresAt - Date.now());
    return { findings: [speedFinding(roundTripMs, postgres.embedded), ...clockFindings(aheadMs)], store };
  } catch (fault) {
    await store.close();
    return { findings: [findingOf(fault)], store: undefined };
  }
}

function speedFinding(ms: number, embedded: boolean): Finding {
  const text = `${embedded ? 'the embedded server (development only)' : 'it'} answers in ${ms} ms`;
  return ms > slowMs
    ? warn('postgres', text, 'Every step of a code waits for it: move it closer, or look at its load.')
    : ok('postgres', `${text}, schema in place`);
}

/** Codes live by Postgres' clock; only the times people compare in logs suffer. */
const clockFindings = (aheadMs: number): Finding[] =>
  aheadMs > skewedMs
    ? [
        warn(
          'clock',
          `this machine and Postgres differ by ${Math.round(aheadMs / 1_000)} s`,
          'Let both follow NTP, or logs and timelines will not agree.',
        ),
      ]
    : [];

function findingOf(fault: unknown): Finding {
  if (!isStoreFault(fault)) throw fault;
  if (fault.retryable)
    return fail(
      'postgres',
      `it does not answer: ${fault.message}`,
      'Check DATABASE_URL, the network, and that the server is up.',
    );
  if (notMigrated.has(fault.sqlState ?? ''))
    return fail('postgres', 'it answers, but the schema is missing', 'Run: otp migrate');
  return fail('postgres', fault.message, 'Check the user and the database in DATABASE_URL.');
}
