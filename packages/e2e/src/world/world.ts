import { randomBytes } from 'node:crypto';
import { type HttpOptions, OtpClient } from '@otp-relay/client';
import type { TimelineView, VerificationRequestInput, VerificationView } from '@otp-relay/contracts';
import { applyTenants, type House, issueApiKey, openHouse } from '@otp-relay/engine';
import type { QueueBackend } from '@otp-relay/queue';
import { freePort, type RunningProcess, startProcess, waitFor } from '@otp-relay/testkit';
import { appEntry, nodeFlags } from './paths.ts';
import { simulatedTenant, type TenantShape } from './simulated-tenant.ts';
import { type Simulator, startSimulator } from './simulator.ts';

export interface WorldOptions {
  /** Where the queues live. */
  readonly backend: QueueBackend;
  /** The database of the ledger. */
  readonly databaseUrl: string;
  readonly workers?: number;
  readonly tenant?: TenantShape;
  readonly env?: Readonly<Record<string, string>>;
}

/** A whole installation: real api, workers and simulator as processes, one tenant, one key. */
export interface World {
  readonly house: House;
  readonly simulator: Simulator;
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly tenantId: string;
  readonly client: OtpClient<HttpOptions>;
  readonly env: Readonly<Record<string, string>>;
  readonly api: () => RunningProcess;
  readonly workers: RunningProcess[];
  /** One more tenant of the same installation, with the same simulated accounts; Meta's webhooks go to the first. */
  addTenant(shape?: TenantShape): Promise<{ readonly tenantId: string; readonly apiKey: string }>;
  /** Applies another configuration of the tenant. */
  reconfigure(shape: TenantShape): Promise<void>;
  startApi(env?: Record<string, string>): Promise<RunningProcess>;
  startWorker(env?: Record<string, string>): Promise<RunningProcess>;
  send(request: VerificationRequestInput): Promise<string>;
  get(id: string): Promise<VerificationView>;
  timeline(id: string): Promise<TimelineView['entries']>;
  /** Waits for a named condition of a verification; the error shows its timeline. */
  until(
    name: string,
    id: string,
    condition: (verification: VerificationView) => boolean,
    timeoutMs?: number,
  ): Promise<VerificationView>;
  stop(): Promise<void>;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Starts it all; what was started is stopped again when something does not start. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const started: (() => Promise<unknown>)[] = [];
  try {
    return await assemble(options, started);
  } catch (fault) {
    for (const stop of started.reverse()) await stop().catch(() => undefined);
    throw fault;
  }
}

async function assemble(options: WorldOptions, started: (() => Promise<unknown>)[]): Promise<World> {
  const { backend, databaseUrl } = options;
  const tenantId = `acme-${randomBytes(4).toString('hex')}`;
  const port = await freePort();
  const apiUrl = `http://127.0.0.1:${port}`;
  const env: Record<string, string> = {
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    REDIS_URL: backend.kind === 'redis' ? backend.url : '',
    OTP_QUEUE_PREFIX: `otp_e2e_${randomBytes(4).toString('hex')}`,
    OTP_KEYS: `1:${randomBytes(32).toString('base64')}`,
    OTP_PEPPER: randomBytes(32).toString('base64'),
    OTP_PUBLIC_URL: apiUrl,
    PORT: String(port),
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    ...options.env,
  };
  const simulator = await startSimulator();
  started.push(() => simulator.stop());
  await simulator.connect(`${apiUrl}/webhooks/meta-whatsapp/${tenantId}/wa`);
  const house = await openHouse(
    {
      DATABASE_URL: databaseUrl,
      REDIS_URL: env.REDIS_URL || undefined,
      OTP_QUEUE_PREFIX: env.OTP_QUEUE_PREFIX ?? '',
      OTP_KEYS: env.OTP_KEYS,
      OTP_PEPPER: env.OTP_PEPPER,
      OTP_DATA_DIR: '.data',
      OTP_DB_CONNECTIONS: 4,
    },
    { name: 'otp-e2e', log: quiet },
  );
  started.push(() => house.close());
  await house.producer.ready();
  const configure = async (id: string, shape: TenantShape = {}): Promise<void> => {
    const tenants = { [id]: simulatedTenant(simulator, shape) };
    const plan = await applyTenants(house.store, house.keys, { tenants });
    if (!plan.ok) throw new Error(`the tenant was refused: ${JSON.stringify(plan)}`);
  };
  const issueKey = async (id: string): Promise<string> => {
    const key = await issueApiKey(house.store, house.pepper, {
      tenantId: id,
      name: 'e2e',
      scopes: ['send', 'check', 'read'],
    });
    return key.secret.reveal();
  };
  await configure(tenantId, options.tenant);
  const apiKey = await issueKey(tenantId);

  const start = async (app: 'api' | 'worker', more: Record<string, string> = {}): Promise<RunningProcess> => {
    const running = await startProcess({
      args: [...nodeFlags, appEntry(app)],
      env: { ...env, ...more },
      readyWhen: /"msg":"ready"/,
    });
    started.push(() => running.stop());
    return running;
  };
  let api = await start('api');
  const workers: RunningProcess[] = await Promise.all(
    Array.from({ length: options.workers ?? 1 }, () => start('worker')),
  );
  const client = new OtpClient({ url: apiUrl, apiKey });

  const timeline = async (id: string): Promise<TimelineView['entries']> =>
    (await client.timeline(id)).entries;
  return {
    house,
    simulator,
    apiUrl,
    apiKey,
    tenantId,
    client,
    env,
    api: () => api,
    workers,
    async addTenant(shape) {
      const other = `other-${randomBytes(4).toString('hex')}`;
      await configure(other, shape);
      return { tenantId: other, apiKey: await issueKey(other) };
    },
    reconfigure: (shape) => configure(tenantId, shape),
    async startApi(more) {
      api = await start('api', more);
      return api;
    },
    async startWorker(more) {
      const worker = await start('worker', more);
      workers.push(worker);
      return worker;
    },
    send: async (request) => (await client.send(request)).id,
    get: (id) => client.get(id),
    timeline,
    async until(name, id, condition, timeoutMs = 10_000) {
      try {
        return await waitFor(
          name,
          async () => {
            const verification = await client.get(id);
            return condition(verification) ? verification : undefined;
          },
          { timeoutMs, everyMs: 25 },
        );
      } catch (fault) {
        const entries = await timeline(id).catch(() => []);
        const lines = entries.map((e) => `${e.at} ${e.type} ${e.attempt ?? ''} ${JSON.stringify(e.detail)}`);
        throw new Error(`${(fault as Error).message}\n${lines.join('\n')}`);
      }
    },
    async stop() {
      await client.close();
      await Promise.allSettled([api.stop(), ...workers.map((worker) => worker.stop())]);
      await house.close();
      await simulator.stop();
    },
  };
}
