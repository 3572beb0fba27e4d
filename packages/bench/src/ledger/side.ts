import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type * as coreModule from '@otp-relay/core';
import type * as storeModule from '@otp-relay/store';
import type pg from 'pg';

type Store = ReturnType<typeof storeModule.openStore>;

/** One version of the ledger, on a database of its own. */
export interface Side {
  readonly name: string;
  readonly core: typeof coreModule;
  /** Two stores, as in two processes: what one of them wrote the other does not remember. */
  readonly worker: Store;
  readonly api: Store;
  /** CPU of this side's connections so far, µs. */
  readonly postgresUs: () => Promise<number>;
  readonly close: () => Promise<void>;
}

export interface Modules {
  readonly core: typeof coreModule;
  readonly store: typeof storeModule;
}

/** Migrates a new database and opens it, by the code of one checkout. */
export async function openSide(
  name: string,
  { core, store }: Modules,
  admin: pg.Client,
  serverUrl: string,
): Promise<Side> {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await admin.query(`create database ${name}`);
  await store.migrate(url.href);
  const open = () => store.openStore({ url: url.href, maxConnections: 10, applicationName: name });
  const [worker, api] = [open(), open()];
  return {
    name,
    core,
    worker,
    api,
    async postgresUs() {
      const { rows } = await admin.query<{ pid: number }>(
        'select pid from pg_stat_activity where datname = $1',
        [name],
      );
      return rows.reduce((sum, { pid }) => sum + cpuUsOf(pid), 0);
    },
    close: async () => void (await Promise.all([worker.close(), api.close()])),
  };
}

/** sched(7): the first number is the time on a CPU, ns; finer than the ticks of `/proc/<pid>/stat`. */
function cpuUsOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
  } catch {
    return 0; // it ended, or this is not Linux
  }
}

/** A verification on its way: accepted from the queue, its first attempt granted in the same commit. */
export interface Underway {
  readonly id: string;
  readonly attemptId: string;
  readonly claim: string;
  /** A wamid has about this length. */
  readonly providerRef: string;
  readonly row: storeModule.NewVerification;
}

const step = (channel: 'whatsapp' | 'sms', provider: 'meta-whatsapp' | 'twilio-sms', account: string) =>
  ({ channel, provider, account, timeoutMs: 300_000, success: 'delivered', minLifeMs: 30_000 }) as const;
const steps = [step('whatsapp', 'meta-whatsapp', 'acme-wa'), step('sms', 'twilio-sms', 'acme-sms')];

export function underway({ begin, transition }: typeof coreModule): Underway {
  const now = Date.now();
  const id = `vrf_${now.toString(36).padStart(10, '0')}${randomBytes(8).toString('hex')}`;
  const addresses = { phone: 'present', email: 'absent' } as const;
  const life = { expiresAt: now + 600_000, maxChecks: 5 };
  const begun = begin({ id, tenantId: 'acme', purpose: 'auth', steps, addresses, ...life }, now);
  const attemptId = begun.verification.currentId ?? '';
  const claim = randomUUID();
  const granted = transition(begun.verification, { type: 'started', attemptId, claim }, now);
  return {
    id,
    attemptId,
    claim,
    providerRef: `wamid.${randomBytes(42).toString('base64')}`,
    row: {
      verification: granted.verification,
      entries: [...begun.entries, ...granted.entries],
      material: {
        sealedCode: randomBytes(50),
        sealedRecipient: randomBytes(90),
        codeMac: randomBytes(32),
        locale: 'en',
        callingCode: '1',
        country: 'US',
        context: null,
        mode: 'live',
        createdAt: now,
      },
      idempotencyKey: `job-${randomBytes(6).toString('hex')}`,
      requestHash: randomBytes(32),
      liveKey: randomBytes(32),
      recipientKey: randomBytes(32),
      recipientMasked: '+1 ••• 00',
      source: 'queue',
    },
  };
}
