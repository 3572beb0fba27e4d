import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { asCorridor } from '../connect.ts';
import { storeFaultOf } from '../store-fault.ts';

const backoffMs = [100, 250, 1_000, 5_000];

/**
 * Calls `fn` with the id of every tenant that changes, from now on, whoever changes it. A lost connection is made again,
 * and then every tenant counts as changed. Resolves, once listening, to what stops it; rejects when it cannot begin.
 */
export async function watchTenants(
  options: { readonly url: string; readonly onError?: (fault: Error) => void },
  fn: (tenantId: string) => void,
): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let current = await listen(options.url, fn);
  const watching = (async () => {
    for (let failures = 0; ; ) {
      await current.lost;
      if (signal.aborted) return;
      const pauseMs = backoffMs[Math.min(failures, backoffMs.length - 1)];
      await delay(pauseMs, undefined, { signal }).catch(() => {});
      try {
        current = await listen(options.url, fn);
        if (signal.aborted) await current.end();
        else for (const id of await current.tenantIds()) fn(id);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!signal.aborted) options.onError?.(storeFaultOf(error));
      }
    }
  })();
  return async () => {
    stopping.abort();
    await current.end();
    await watching;
  };
}

interface Listening {
  /** Settles when the connection ends. */
  readonly lost: Promise<void>;
  tenantIds(): Promise<string[]>;
  end(): Promise<void>;
}

async function listen(url: string, fn: (tenantId: string) => void): Promise<Listening> {
  const client = new pg.Client({
    ...asCorridor(url),
    application_name: 'otp-relay tenants',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => resolve());
    client.on('end', () => resolve());
  });
  client.on('notification', ({ payload }) => payload && fn(payload));
  try {
    await client.connect();
    await client.query('listen otp_tenants');
  } catch (error) {
    await client.end().catch(() => {});
    throw storeFaultOf(error);
  }
  return {
    lost,
    tenantIds: async () =>
      (await client.query<{ id: string }>('select id from otp.tenants')).rows.map((row) => row.id),
    end: () => client.end().catch(() => {}),
  };
}
