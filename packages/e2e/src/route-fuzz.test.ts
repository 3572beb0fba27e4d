import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemCodes } from '@otp-relay/contracts';
import { issueApiKey } from '@otp-relay/engine';
import { migrate } from '@otp-relay/store';
import {
  freePort,
  type RunningProcess,
  startProcess,
  type TestDatabase,
  testDatabase,
} from '@otp-relay/testkit';
import fc from 'fast-check';
import { type FuzzedRequest, type Operation, operationsOf } from './fuzz/operations.ts';
import { appEntry, phoneBook, startWorld, type World } from './world/index.ts';

const perOperation = 60;
const atOnce = 8;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const encodings: readonly Readonly<Record<string, string>>[] = [{}, { 'content-encoding': 'gzip' }];
const seed = 4;

/** A machine that is busy with other things says "later", and means it; every other 5xx is an answer. */
async function patiently(
  url: string,
  init: RequestInit,
): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
  for (let left = 20; ; left -= 1) {
    const { status, headers, ...answer } = await fetchText(url, init);
    const isOverload = status === 503 && headers.has('retry-after') && answer.text.includes('OTP_OVERLOADED');
    if (!isOverload || left === 0) return { status, headers, ...answer };
    await delay(500);
  }
}

const fetchText = async (url: string, init: RequestInit) => {
  const answer = await fetch(url, init);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

/** Bad input of every kind, to every route, at two api processes on one real Postgres. */
describe('every route, whatever it is sent', () => {
  let database: TestDatabase;
  let world: World;
  let other: RunningProcess;
  let bases: readonly string[];
  let operations: readonly Operation[];
  let token: string;
  /** Statuses answered, by operation. */
  const seen = new Map<string, Set<number>>();
  const adminToken = randomBytes(32).toString('hex');

  beforeAll(async () => {
    database = await testDatabase({ template: async (url) => void (await migrate(url)) });
    world = await startWorld({
      backend: { kind: 'postgres', url: database.url },
      databaseUrl: database.url,
      workers: 0,
      env: { OTP_ADMIN_TOKEN: adminToken },
    });
    const port = await freePort();
    other = await startProcess({
      args: [appEntry('api')],
      env: { ...world.env, PORT: String(port) },
      readyWhen: /"msg":"ready"/,
    });
    bases = [world.apiUrl, `http://127.0.0.1:${port}`];
    const key = await issueApiKey(world.house.store, world.house.pepper, {
      tenantId: world.tenantId,
      name: 'fuzz',
      scopes: ['send', 'check', 'read', 'admin'],
    });
    token = key.secret.reveal();
    const victim = await world.addTenant();
    const phone = phoneBook();
    const ids = [
      await world.send({ to: { phone: phone('00') } }),
      await world.send({ to: { phone: phone('00') } }),
    ];
    const answer = await fetch(`${world.apiUrl}/openapi.json`);
    operations = operationsOf(await answer.json(), {
      id: ids,
      tenant: [victim.tenantId],
      account: ['wa', 'sms', 'mail'],
      provider: ['meta-whatsapp', 'twilio-sms', 'smtp-email'],
    });
  }, 90_000);
  afterAll(async () => {
    await other.stop();
    await world.stop();
    await database.stop();
  });

  /** What is wrong with the answer; undefined when it is as it must be. */
  async function judge(request: FuzzedRequest, index: number): Promise<string | undefined> {
    const { method, path, headers, body } = request;
    const bearer = path.startsWith('/v1/tenants') ? adminToken : token;
    const answer = await patiently(`${bases[index % 2]}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body !== null && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: method === 'GET' || method === 'HEAD' ? null : body,
      redirect: 'manual',
    });
    const { status, text } = answer;
    const told = `${status} for ${JSON.stringify(request).slice(0, 600)}: ${text.slice(0, 400)}`;
    seen.set(request.name, (seen.get(request.name) ?? new Set()).add(status));
    if (status >= 500) return told;
    if (/\bat .+\.(?:js|ts):\d+|node_modules|\/dist\//.test(text)) return `shows its insides: ${told}`;
    if (!answer.headers.get('x-request-id')) return `has no request id: ${told}`;
    if (status < 400 || method === 'HEAD') return undefined;
    if (!answer.headers.get('content-type')?.startsWith('application/problem+json'))
      return `is no problem document: ${told}`;
    const problem = JSON.parse(text) as { status?: number; code?: string; title?: string };
    const isKnown = problem.code !== undefined && problem.code in problemCodes;
    return isKnown && problem.status === status && problem.title ? undefined : `is an odd problem: ${told}`;
  }

  async function judgeAll(requests: readonly FuzzedRequest[]): Promise<readonly string[]> {
    const flaws: string[] = [];
    const queue = [...requests.entries()];
    const worker = async (): Promise<void> => {
      for (let next = queue.pop(); next; next = queue.pop()) {
        const flaw = await judge(next[1], next[0]);
        if (flaw !== undefined) flaws.push(flaw);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return flaws;
  }

  it('never answers 5xx, and every refusal is a problem with a code of ours', async () => {
    expect(operations.length).toBeGreaterThan(20);
    const flaws: string[] = [];
    for (const { requests } of operations)
      flaws.push(...(await judgeAll(fc.sample(requests, { seed, numRuns: perOperation }))));
    expect(flaws.slice(0, 10)).toEqual([]);
    const barred = operations.flatMap(({ name }) =>
      [...(seen.get(name) ?? [])].every((status) => status === 401 || status === 403) ? [name] : [],
    );
    expect(barred).toEqual([]);
    expect([...(seen.get('POST /v1/verifications') ?? [])]).toEqual(expect.arrayContaining([201, 422, 400]));
  }, 120_000);

  it('the same under every method, its own or not', async () => {
    const requests = operations.flatMap(({ requests: some }) =>
      methods.map((method, index) => {
        const [request] = fc.sample(some, { seed: seed + index, numRuns: 1 });
        return { ...(request as FuzzedRequest), method };
      }),
    );
    expect((await judgeAll(requests)).slice(0, 10)).toEqual([]);
  }, 60_000);

  it('the same for bodies of other types, encodings and sizes', async () => {
    const types = [
      'text/plain',
      'application/xml',
      'multipart/form-data',
      'application/json; charset=utf-16',
      'x',
      '',
    ];
    const requests = operations
      .filter(({ name }) => name.startsWith('POST') || name.startsWith('PUT'))
      .flatMap(({ requests: some }) => {
        const [request] = fc.sample(some, { seed, numRuns: 1 });
        return types.flatMap((type) =>
          encodings.map((more) => ({
            ...(request as FuzzedRequest),
            headers: { 'content-type': type, ...more },
            body: '{"to":{"phone":"+14155550100"}}',
          })),
        );
      });
    expect((await judgeAll(requests)).slice(0, 10)).toEqual([]);
  }, 60_000);

  it('leaves both processes as they were', async () => {
    for (const base of bases) expect((await fetch(`${base}/healthz`)).status).toBe(200);
    const logged = [...world.api().lines, ...other.lines].filter((line) =>
      /"level":"?(?:error|fatal|50|60)/.test(line),
    );
    expect(logged.slice(0, 5)).toEqual([]);
  });
});
