import { describe, expect, it } from '@jest/globals';
import { testDatabase } from '@otp-relay/testkit';
import pg from 'pg';
import { isStoreFault, migrate, openStore } from './index.ts';
import { storeFaultOf } from './store-fault.ts';
import { newVerification } from './testing/new-verification.ts';

const thrown = (code: string | undefined, message = 'm'): Error =>
  Object.assign(new Error(message), { code });

describe('storeFaultOf', () => {
  it.each(['08006', '57P01', '40001', '40P01', '53300', 'ECONNREFUSED', 'ECONNRESET'])(
    '%s is worth a retry',
    (code) => {
      expect(storeFaultOf(thrown(code))).toMatchObject({ code: 'OTP_STORE_AWAY', retryable: true });
    },
  );
  it.each(['23514', '23505', '42501', '42P01', '22P02', '25006'])('%s is not', (code) => {
    expect(storeFaultOf(thrown(code))).toMatchObject({
      code: 'OTP_STORE_REFUSED',
      retryable: false,
      sqlState: code,
    });
  });
  it('reads the driver, which has no codes', () => {
    expect(storeFaultOf(thrown(undefined, 'Connection terminated unexpectedly')).retryable).toBe(true);
    expect(storeFaultOf(new TypeError('x is not a function')).retryable).toBe(false);
    expect(storeFaultOf(new AggregateError([thrown('ECONNREFUSED')])).retryable).toBe(true);
  });
  it('leaves the row behind that Postgres quotes', () => {
    const error = Object.assign(thrown('23514'), { detail: 'Failing row contains (secret)' });
    expect(JSON.stringify(storeFaultOf(error)) + storeFaultOf(error).stack).not.toContain('secret');
  });
});

describe('a store whose Postgres goes away', () => {
  it('fails with a retryable fault, tells of it, and goes on once Postgres is back', async () => {
    const database = await testDatabase({ template: async (url) => void (await migrate(url)) });
    const told: Error[] = [];
    const store = openStore({
      url: database.url,
      applicationName: 'cut',
      onError: (fault) => told.push(fault),
    });
    const row = newVerification();
    await store.ledger.insert([row]);
    await store.ping();

    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    const cut = () =>
      admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut'`);
    const during = store.ledger
      .change([row.verification.id], ({ verification }) => ({
        verification: { ...verification },
        entries: [],
      }))
      .then(
        () => undefined,
        (fault: unknown) => fault,
      );
    await Promise.all([cut(), during]);
    const fault = await during;
    if (fault !== undefined) expect(isStoreFault(fault) && fault.retryable).toBe(true);

    await cut();
    const attempts = [];
    for (let left = 20; left > 0; left -= 1) {
      const outcome = await store.ping().then(
        () => 'back',
        (error: unknown) => error,
      );
      attempts.push(outcome);
      if (outcome === 'back') break;
      expect(isStoreFault(outcome) && outcome.retryable).toBe(true);
    }
    expect(attempts.at(-1)).toBe('back');
    expect(told.every(isStoreFault)).toBe(true);
    await store.close();
    await admin.end();
    await database.stop();
  });

  it('fails with a retryable fault when nobody listens', async () => {
    const store = openStore({ url: 'postgres://otp@127.0.0.1:1/otp' });
    await expect(store.ping()).rejects.toMatchObject({ code: 'OTP_STORE_AWAY', retryable: true });
    await expect(store.onTenantsChanged(() => {})).rejects.toMatchObject({ retryable: true });
    await store.close();
  });
});
