import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { applyTenants, type House, issueApiKey } from '@otp-relay/engine';
import { CliFault } from '../cli-fault.ts';
import { childEnv } from './child-env.ts';
import { openDemoHouse } from './demo-house.ts';
import { repositoryRoot } from './demo-settings.ts';
import { accountsOf, demoTenant, demoTenantId } from './demo-tenant.ts';
import { host } from './pick-port.ts';
import { simulatorSettings } from './scenarios.ts';
import { type SimulatedPhones, simulatedPhones } from './simulated-phones.ts';
import { type Child, startChild } from './start-child.ts';
import type { Starter } from './starter.ts';

/** Where everything is, while the demo runs. */
export interface DemoPlaces {
  readonly tenant: string;
  readonly api: string;
  readonly apiKey: string;
  readonly simulator: string;
  readonly smtp: string;
  readonly board: string;
  readonly boardUser: string;
  readonly boardPassword: string;
  readonly queues: 'redis' | 'postgres';
  readonly logs: string;
}

export interface DemoInstallation {
  readonly house: House;
  readonly places: DemoPlaces;
  readonly phones: SimulatedPhones;
  /** Resolves when one of its processes has ended by itself. */
  readonly broken: Promise<CliFault>;
}

type Variables = Readonly<Record<string, string | undefined>>;

const appGraceMs = 12_000;
const boardUser = 'operator';

/** Starts Postgres, simulator, api and worker as processes, and makes the tenant and its API key. */
export async function startDemoInstallation(starter: Starter): Promise<DemoInstallation> {
  const { settings, ports, step, signal } = starter;
  const { house, databaseUrl, keeper } = await openDemoHouse(starter);

  const apiUrl = `http://${host}:${ports.api}`;
  const simulatorUrl = `http://${host}:${ports.simulator}`;
  const phones = simulatedPhones(simulatorUrl);
  const simulator = await startApp(starter, 'simulator', {
    PORT: String(ports.simulator),
    SMTP_PORT: String(ports.smtp),
  });
  await step(`simulator of WhatsApp, SMS and mail on ${simulatorUrl}`, async () => {
    await simulator.ready(signal);
    await phones.setUp(accountsOf(apiUrl), simulatorSettings);
  });
  const apiKey = await makeTenant(house, { http: simulatorUrl, smtpPort: ports.smtp });

  const boardPassword = randomBytes(12).toString('base64url');
  const shared = {
    NODE_ENV: 'development',
    DATABASE_URL: databaseUrl,
    REDIS_URL: settings.redisUrl,
    OTP_QUEUE_PREFIX: settings.queuePrefix,
    OTP_DATA_DIR: settings.dataDir,
    OTP_PUBLIC_URL: apiUrl,
  };
  const board = {
    OTP_BOARD_USER: boardUser,
    OTP_BOARD_PASSWORD: boardPassword,
    OTP_BOARD_WRITABLE: 'true',
  };
  const [api, worker] = await Promise.all([
    startApp(starter, 'api', { ...shared, ...board, PORT: String(ports.api) }),
    startApp(starter, 'worker', { ...shared, OTP_GRACE_MS: '2s' }),
  ]);
  await step(`api on ${apiUrl} and a worker, queues on ${house.backend.kind}`, async () => {
    await Promise.all([api.ready(signal), worker.ready(signal)]);
  });

  return {
    house,
    phones,
    broken: Promise.race([keeper, simulator, api, worker].flatMap((child) => child?.ended ?? [])),
    places: {
      tenant: demoTenantId,
      api: apiUrl,
      apiKey,
      simulator: simulatorUrl,
      smtp: `${host}:${ports.smtp}`,
      board: `${apiUrl}/board`,
      boardUser,
      boardPassword,
      queues: house.backend.kind,
      logs: starter.logs,
    },
  };
}

async function startApp(
  { env, settings, logs, onStop }: Starter,
  name: string,
  given: Variables,
): Promise<Child> {
  const child = await startChild({
    name: `The ${name}`,
    args: [join(repositoryRoot, 'apps', name, 'dist', 'main.js')],
    env: childEnv(env, { HOST: host, LOG_LEVEL: settings.logLevel, ...given }),
    logFile: join(logs, `${name}.log`),
    fix: 'Build anew with: npx pnpm@12 build. Begin with new data with: npx pnpm@12 demo --fresh',
  });
  onStop(() => child.stop(appGraceMs));
  return child;
}

/** Applying the same tenant again changes nothing; keys of earlier demos stop working. */
async function makeTenant(
  { store, keys, pepper }: House,
  simulator: { readonly http: string; readonly smtpPort: number },
): Promise<string> {
  const plan = await applyTenants(store, keys, { tenants: { [demoTenantId]: demoTenant(simulator) } });
  if (!plan.ok) {
    const problems = plan.problems.map(({ path, problem }) => `  ${path} ${problem}`).join('\n');
    throw new CliFault(`The demo's tenant was refused:\n${problems}`, { exitCode: 2 });
  }
  const earlier = (await store.apiKeys.list(demoTenantId)).filter(({ name }) => name === demoTenantId);
  await Promise.all(earlier.map(({ id }) => store.apiKeys.revoke(demoTenantId, id)));
  const { secret } = await issueApiKey(store, pepper, { tenantId: demoTenantId, name: demoTenantId });
  return secret.reveal();
}
