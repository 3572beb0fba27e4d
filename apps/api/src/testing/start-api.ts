import { randomBytes } from 'node:crypto';
import type { Problem, TimelineView, VerificationCreated, VerificationView } from '@otp-relay/contracts';
import {
  applyTenants,
  createEngine,
  createEvidence,
  type Engine,
  type House,
  issueApiKey,
  type NewKey,
  openHouse,
  readTenantsFile,
  tallyMetrics,
} from '@otp-relay/engine';
import { createLogger, health, metrics } from '@otp-relay/runtime';
import { openStore } from '@otp-relay/store';
import { type TestBackend, testDatabase } from '@otp-relay/testkit';
import type { FastifyInstance } from 'fastify';
import type { JWK } from 'jose';
import { request } from 'undici';
import { buildServer } from '../build-server.ts';
import { readConfig } from '../config.ts';
import { tenants } from './tenants.ts';
import { startWire, type Wire } from './wire.ts';

type Json = VerificationCreated &
  TimelineView &
  Omit<Problem, 'status'> & {
    readonly verifications: readonly VerificationView[];
    readonly before: string | null;
    readonly keys: readonly JWK[];
    readonly checks: readonly unknown[];
    readonly links: Readonly<Record<string, string>>;
  };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body, when it is JSON; a test looks only at what its route answers. */
  readonly json: Json;
}

export interface TestApi {
  readonly url: string;
  readonly house: House;
  readonly engine: Engine;
  readonly app: FastifyInstance;
  /** The only way to the database. */
  readonly wire: Wire;
  /** Everything that was logged so far. */
  readonly logged: () => string;
  readonly issueKey: (key?: Partial<NewKey>) => Promise<{ readonly id: string; readonly token: string }>;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

export interface CallOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text or bytes. */
  readonly body?: unknown;
}

/** The whole API on a database of its own, listening; queues on `backend`, or on the same database. */
export async function startApi(
  env: Readonly<Record<string, string>> = {},
  backend?: TestBackend,
): Promise<TestApi> {
  const database = await testDatabase({
    template: async (url) => {
      const store = openStore({ url });
      await store.migrate();
      await store.close();
    },
  });
  const wire = await startWire(database.url);
  const settings = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: wire.url,
    ...(backend?.kind === 'redis' && { REDIS_URL: backend.url }),
    OTP_QUEUE_PREFIX: 'otp_queue',
    OTP_KEYS: `1:${randomBytes(32).toString('base64')}`,
    OTP_PEPPER: randomBytes(32).toString('base64'),
    OTP_PUBLIC_URL: 'https://otp.example.com',
    OTP_METRICS_TOKEN: 'a-token-for-the-metrics',
    OTP_DB_CONNECTIONS: '4',
    ...env,
  });
  const lines: string[] = [];
  const log = createLogger({
    name: 'api',
    level: 'debug',
    destination: { write: (line) => void lines.push(line) },
  });
  const house = await openHouse(settings, { name: 'otp-api', log });
  await house.producer.ready();
  const file = readTenantsFile({ tenants });
  if (!file.ok) throw new Error(JSON.stringify(file.problems));
  await applyTenants(house.store, house.keys, file.file);
  const counted = metrics();
  const engine = await createEngine({
    ...house,
    log,
    tally: tallyMetrics(counted),
    publicUrl: settings.OTP_PUBLIC_URL,
  });
  const app = await buildServer({
    ...house,
    settings,
    engine,
    evidence: createEvidence(house.store, house.keys),
    metrics: counted,
    health: health({
      checks: { postgres: () => house.store.now(), queue: () => house.producer.ready(900) },
      cacheMs: 0,
    }),
    log,
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });

  return {
    url,
    house,
    engine,
    app,
    wire,
    logged: () => lines.join(''),
    async issueKey(key) {
      const issued = await issueApiKey(house.store, house.pepper, { tenantId: 'acme', name: 'test', ...key });
      return { id: issued.id, token: issued.secret.reveal() };
    },
    call: (method, path, options) => call(url + path, method, options),
    async stop() {
      await app.close();
      await engine.close();
      await house.close();
      await wire.close();
      await database.stop();
    },
  };
}

async function call(
  url: string,
  method: string,
  { token, headers, body }: CallOptions = {},
): Promise<Answer> {
  const plain = typeof body === 'string' || body instanceof Uint8Array;
  const answer = await request(url, {
    method: method as 'GET',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined ? null : plain ? body : JSON.stringify(body),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, json: readJson(text) as Json };
}

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
