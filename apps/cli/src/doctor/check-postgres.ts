import { isStoreFault, openStore, type Store } from '@otp-relay/store';
import { type Finding, fail, ok, warn } from './finding.ts';

const slowMs = 50;
/** undefined_table, undefined_function, invalid_schema_name, role missing. */
const notMigrated = new Set(['42P01', '42883', '3F000', '42704', '22023']);

/** Reaches Postgres and looks whether the schema is there. `store` is undefined when nothing more can be asked. */
export async function checkPostgres(postgres: {
  readonly url: string;
  readonly embedded: boolean;
}): Promise<{ readonly findings: readonly Finding[]; readonly store: Store | undefined }> {
  const store = openStore({ url: postgres.url, maxConnections: 2, applicationName: 'otp-doctor' });
  try {
    await store.ping();
    const startedAt = performance.now();
    await store.ping();
    const ms = Math.ceil(performance.now() - startedAt);
    const where = postgres.embedded ? 'the embedded server (development only)' : 'it';
    const found =
      ms > slowMs
        ? warn(
            'postgres',
            `${where} answers in ${ms} ms`,
            'Every step of a code waits for it: move it closer, or look at its load.',
          )
        : ok('postgres', `${where} answers in ${ms} ms, schema in place`);
    return { findings: [found], store };
  } catch (fault) {
    await store.close();
    return { findings: [findingOf(fault)], store: undefined };
  }
}

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
