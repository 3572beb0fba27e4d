import { randomBytes } from 'node:crypto';
import { applyTenants, type House, issueApiKey } from '@otp-relay/engine';
import { CliFault } from '../cli-fault.ts';
import { openDemoHouse } from './demo-house.ts';
import { accountsOf, demoTenant, demoTenantId } from './demo-tenant.ts';
import { host } from './pick-port.ts';
import { simulatorSettings } from './scenarios.ts';
import { type SimulatedPhones, simulatedPhones } from './simulated-phones.ts';
import { startApi, startApp, startSimulator } from './start-apps.ts';
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

const boardUser = 'operator';

/** Starts Postgres, simulator, api and worker as processes, and makes the tenant and its API key. */
export async function startDemoInstallation(starter: Starter): Promise<DemoInstallation> {
  const { settings, step, signal } = starter;
  const { house, databaseUrl, keeper } = await openDemoHouse(starter);
  const shared = {
    NODE_ENV: 'development',
    DATABASE_URL: databaseUrl,
    REDIS_URL: settings.redisUrl,
    OTP_QUEUE_PREFIX: settings.queuePrefix,
    OTP_DATA_DIR: settings.dataDir,
  };
  const boardPassword = randomBytes(12).toString('base64url');
  const [simulator, api] = await both(
    startSimulator(starter),
    startApi(starter, {
      ...shared,
      OTP_BOARD_USER: boardUser,
      OTP_BOARD_PASSWORD: boardPassword,
      OTP_BOARD_WRITABLE: 'true',
    }),
  );
  const phones = simulatedPhones(simulator.url);
  await phones.setUp(accountsOf(api.url), simulatorSettings);
  const apiKey = await makeTenant(house, { http: simulator.url, smtpPort: simulator.smtpPort });
  const worker = await startApp(starter, 'worker', {
    ...shared,
    OTP_PUBLIC_URL: api.url,
    OTP_GRACE_MS: '2s',
  });
  await step(`worker, queues on ${house.backend.kind}`, () => worker.ready(signal));

  return {
    house,
    phones,
    broken: Promise.race([keeper, simulator.child, api.child, worker].flatMap((child) => child?.ended ?? [])),
    places: {
      tenant: demoTenantId,
      api: api.url,
      apiKey,
      simulator: simulator.url,
      smtp: `${host}:${simulator.smtpPort}`,
      board: `${api.url}/board`,
      boardUser,
      boardPassword,
      queues: house.backend.kind,
      logs: starter.logs,
    },
  };
}

/** Both have come to an end before either's fault is thrown: then everything that was started is known, and can be stopped. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
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
