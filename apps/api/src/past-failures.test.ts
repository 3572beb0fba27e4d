import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { maxLifeMs } from '@otp-relay/contracts';
import { purposes } from '@otp-relay/core';
import { openApiDocument } from './openapi.ts';
import { type CheckApi, startCheckApi } from './testing/check-api.ts';
import { seal } from './testing/seal.ts';

const right = '736251';
const contextOf: Readonly<Partial<Record<string, object>>> = {
  payment: { amount: '129.90', currency: 'EUR', payee: 'Acme Books' },
  signature: { documentTitle: 'Lease', documentHash: 'a'.repeat(64) },
};
const times = <T>(count: number, each: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => each(n));

/** What went wrong in other products that check codes, each as a test that would have found it there. */
describe('past failures of other products', () => {
  let world: CheckApi;
  beforeAll(async () => {
    world = await startCheckApi();
  }, 90_000);
  afterAll(() => world.stop());

  const failedOf = async (ids: readonly string[]): Promise<number> =>
    (await Promise.all(ids.map((id) => world.reasons(id))))
      .flat()
      .filter((line) => line.startsWith('check_failed')).length;

  it('1: get, compare and delete were three steps: a hundred right checks at once are one success', async () => {
    const id = await world.ask(right);
    const answers = await Promise.all(times(100, () => world.check(id, right)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(99);
  });

  it('2: the limit of tries was read before it was written: of a thousand guesses at once five are compared', async () => {
    const id = await world.ask(right);
    const answers = await Promise.all(times(1_000, (n) => world.check(id, String(100_000 + n))));
    expect(answers.every(({ status }) => status === 422)).toBe(true);
    expect(await failedOf([id])).toBe(5);
  });

  it('3: the race was mended on one route only: there is one route that takes a code, and it is raced here', async () => {
    const { paths } = (await openApiDocument()) as { paths: Record<string, Record<string, unknown>> };
    const { components } = (await openApiDocument()) as {
      components: { schemas: Record<string, { properties?: object }> };
    };
    const takesCode = (operation: unknown): boolean => {
      const body = JSON.stringify((operation as { requestBody?: object }).requestBody ?? {});
      const named = [...body.matchAll(/#\/components\/schemas\/(\w+)/g)].map(
        ([, name = '']) => components.schemas[name],
      );
      return (
        /"code":\{"/.test(body) || named.some((schema) => schema?.properties && 'code' in schema.properties)
      );
    };
    const consuming = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, operation]) =>
        takesCode(operation) ? [`${method} ${path}`] : [],
      ),
    );
    expect(consuming).toEqual(['post /v1/verifications/{id}/check']);
  });

  it.each(purposes)('4: a recovery code was not used up: a %s code works once', async (purpose) => {
    const context = contextOf[purpose];
    const id = await world.ask(right, { purpose, ...(context && { context }) });
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await world.check(id, right, context)).status);
    expect(statuses).toEqual([200, 422, 422]);
  });

  it('5: checks at once went beyond the lock-out: ten codes of one person, fifty guesses each, twenty compared', async () => {
    const to = { email: world.somebody() };
    const ids: string[] = [];
    for (let n = 0; n < 10; n += 1) ids.push(await world.ask(String(200_000 + n), { to }));
    await Promise.all(ids.flatMap((id) => times(50, () => world.check(id, '000000'))));
    expect(await failedOf(ids)).toBe(20);
  });

  it('6: the lock-out was off until somebody turned it on: it needs no configuration, in every version of the API', async () => {
    const stored = await world.api.house.store.tenants.get('acme');
    expect(stored?.config).toMatchObject({ codes: { maxChecks: 5 } });
    const { paths } = (await openApiDocument()) as { paths: object };
    const versions = new Set(Object.keys(paths).flatMap((path) => /^\/(v\d+)\//.exec(path)?.[1] ?? []));
    expect([...versions]).toEqual(['v1']);
  });

  it('7: one-time codes were not counted: every purpose has its own count', async () => {
    const to = { email: world.somebody() };
    for (const purpose of ['auth', 'sign_up'] as const) {
      const ids: string[] = [];
      for (let n = 0; n < 5; n += 1) ids.push(await world.ask(String(300_000 + n), { to, purpose }));
      await Promise.all(ids.flatMap((id) => times(5, () => world.check(id, '000000'))));
      expect(await failedOf(ids)).toBe(20);
    }
    expect((await world.check(await world.ask(right, { to, purpose: 'password_reset' }), right)).status).toBe(
      200,
    );
  });

  it('9: only a limiter that could be gone around guarded the code: here there is none, and five are compared', async () => {
    const id = await world.ask(right);
    for (let n = 0; n < 20; n += 1)
      await world.check(id, '000000', undefined, { headers: { 'x-forwarded-for': `192.0.2.${n}` } });
    expect(await failedOf([id])).toBe(5);
  });

  it.each(purposes)(
    '10: codes lived for days: a %s code cannot be asked to outlive its purpose',
    async (purpose) => {
      const context = contextOf[purpose];
      const body = {
        to: { email: world.somebody() },
        purpose,
        lifeMs: maxLifeMs[purpose] + 1,
        ...(context && { context }),
      };
      const refused = await world.call('POST', '/v1/verifications', { body });
      expect([refused.status, refused.json.problems?.[0]?.path]).toEqual([422, 'lifeMs']);
    },
  );

  it('11: the lock was looked at when sending only: a code sent before it is refused after it', async () => {
    const to = { email: world.somebody() };
    const early = await world.ask(right, { to });
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) ids.push(await world.ask(String(400_000 + n), { to }));
    await Promise.all(ids.flatMap((id) => times(5, () => world.check(id, '000000'))));
    expect((await world.check(early, right)).status).toBe(422);
    expect(await world.reasons(early)).toEqual(['check_refused locked_for_today']);
  });

  it.each([
    [59_000, 200],
    [60_000, 422],
    [61_000, 422],
    [86_400_000, 422],
  ])(
    '11: codes did not expire: one that lives for 60 s, tried after %i ms, is answered %i',
    async (ms, status) => {
      const id = await world.ask(right, { lifeMs: 60_000 });
      await world.age(id, ms);
      expect((await world.check(id, right)).status).toBe(status);
    },
  );

  it.each([1, 1_000, 599_000, 600_000])(
    '12: a code worked again inside its window: not %i ms later either',
    async (ms) => {
      const id = await world.ask(right);
      expect((await world.check(id, right)).status).toBe(200);
      await world.age(id, ms);
      expect((await world.check(id, right)).status).toBe(422);
      expect(await world.statusOf(id)).toBe('approved');
    },
  );

  it('13: tries were counted per session, and sessions were free: resends and new verifications bring none back', async () => {
    const to = { email: world.somebody() };
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      const id = await world.ask(String(500_000 + n), { to });
      ids.push(id);
      for (const command of ['resend', 'next']) {
        await world.call('POST', `/v1/verifications/${id}/${command}`, { body: {} });
        await Promise.all(times(4, () => world.check(id, '000000')));
      }
    }
    expect(await failedOf(ids)).toBe(20);
  });

  it('14: the lock was missing on one flow, and shared by two factors: it holds on every route, for one purpose', async () => {
    const email = world.somebody();
    const locking: string[] = [];
    for (let n = 0; n < 4; n += 1) locking.push(await world.ask(String(600_000 + n), { to: { email } }));
    await Promise.all(locking.flatMap((id) => times(5, () => world.check(id, '000000'))));
    for (const [n, more] of [
      { to: { email } },
      { to: { email: email.toUpperCase() } },
      { to: { email: email.replace('@', '+again@') } },
      { to: { email, phone: '+14155550177' } },
      { to: { email }, route: ['email'] },
      { to: { email }, lifeMs: 60_000 },
    ].entries()) {
      const code = String(700_000 + n);
      expect((await world.check(await world.ask(code, more), code)).status).toBe(422);
    }
    expect(
      (await world.check(await world.ask(right, { to: { email }, purpose: 'sign_up' }), right)).status,
    ).toBe(200);
    expect(
      (await world.check(await world.ask(right, { to: { email: world.somebody() } }), right)).status,
    ).toBe(200);
  });

  it('24: a GET used the code up: a hundred GETs and HEADs of a scanner do not', async () => {
    const id = await world.ask(right);
    const path = `/v1/verifications/${id}/check?code=${right}`;
    for (let n = 0; n < 100; n += 1)
      expect((await world.call(n % 2 ? 'GET' : 'HEAD', path)).status).toBe(405);
    expect((await world.check(id, right)).status).toBe(200);
  });

  it('28: a request tried again sent the code twice: the same code for the same person joins', async () => {
    const { api, token, somebody } = world;
    const to = { email: somebody() };
    const ask = async (code: string) =>
      api.call('POST', '/v1/verifications', { token, body: { to, sealedCode: await seal(api, code) } });
    const [first, again, another] = [await ask('111222'), await ask('111222'), await ask('111223')];
    expect(again.json).toMatchObject({ id: first.json.id, deduplicated: true });
    expect(another.json).toMatchObject({ deduplicated: false });
  });

  it('8, 27: a browser got the code, the body of a wrong check held it: no answer and no log line does', () => {
    const everything = world.answers.map(({ text }) => text).join('\n') + world.api.logged();
    expect(everything).toContain('OTP_CHECK_FAILED');
    for (const code of [right, '111222', '111223']) expect(everything.split(code)).toHaveLength(1);
  });
});
