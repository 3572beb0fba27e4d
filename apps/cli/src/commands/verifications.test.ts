import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Engine } from '@otp-relay/engine';
import { describeWithRedis } from '@otp-relay/testkit';
import { acmeYaml, type Installation, startInstallation } from '../testing/installation.ts';

let installation: Installation;
let id: string;
let other: string;
/** When the only attempt of this file was made. */
let attemptedAt: number;
const ask = { to: { phone: '+14155550100' }, purpose: 'auth' };
const http = { tenantId: 'acme', source: 'http' } as const;

async function accepted(engine: Engine, payload: object): Promise<string> {
  const outcome = await engine.accept(payload, http);
  if (outcome.kind !== 'accepted') throw new Error(outcome.code);
  return outcome.id;
}
const attemptOf = (verification: string, step: number): string => `att_${verification.slice(4)}_${step}_1`;

beforeAll(async () => {
  installation = await startInstallation();
  const path = installation.file('tenants.yaml', acmeYaml);
  await installation.run(['tenants', 'apply', path, '--yes'], { env: { ACME_TOKEN: 'token' } });
  await installation.withEngine(async (engine) => {
    id = await accepted(engine, ask);
    await engine.perform({ v: 1, tenant: 'acme', verification: id, attempt: attemptOf(id, 0) });
    attemptedAt = Date.now();
    await engine.command({ tenantId: 'acme', id, command: 'next', by: 'operator' });
    other = await accepted(engine, { to: { phone: '+5511987654321' }, purpose: 'sign_up' });
  });
}, 90_000);
afterAll(() => installation?.stop(), 20_000);

describe('otp show', () => {
  it('tells the story of a verification, by id or by the beginning of it', async () => {
    const { code, out } = await installation.otp('show', id);
    expect(code).toBe(0);
    expect(out).toContain(`${id}  pending, waiting for a worker`);
    expect(out).toContain('+1 ••• 00 · auth · whatsapp → sms');
    expect(out).toMatch(/\+0\.\d\ds +asked for: whatsapp → sms\n/);
    expect(out).toMatch(
      /◆ whatsapp ✗ connect failed \(meta ECONNREFUSED\): No connection to the provider; nothing was sent\. → again in 0\.5 s\n/,
    );
    expect(out).toMatch(/◆ whatsapp {3}operator asked for the next channel → sms\n/);
    expect(out).not.toContain('4155550100');
    expect((await installation.otp('show', id.slice(4, 28))).out).toContain(id);
    expect((await installation.otp('show', attemptOf(id, 0))).out).toContain(id);
  });

  it('prints JSON for programs, without code and address', async () => {
    const { out } = await installation.otp('show', id, '--json');
    const shown = JSON.parse(out) as { id: string; to: string; timeline: { type: string }[] };
    expect(shown).toMatchObject({ id, to: '+1 ••• 00' });
    expect(shown.timeline[0]?.type).toBe('accepted');
    expect(out).not.toMatch(/4155550100|sealed|codeMac/i);
  });

  it('follows until nothing more happens', async () => {
    let canceling: Promise<unknown> | undefined;
    const { out } = await installation.run(['show', other, '--watch'], {
      onPrint: (text) => {
        if (text.includes('asked for') && !canceling)
          canceling = installation.withEngine((engine) =>
            engine.command({ tenantId: 'acme', id: other, command: 'cancel', by: 'service' }),
          );
      },
    });
    await canceling;
    expect(out).toContain('canceled by service');
    expect(out.trimEnd().split('\n').at(-3)).toContain(`${other}  canceled, stopped`);
  });

  it('stops following on Ctrl-C', async () => {
    const stopping = new AbortController();
    const { code, out } = await installation.run(['show', id, '--watch'], {
      signal: stopping.signal,
      onPrint: () => stopping.abort(),
    });
    expect(code).toBe(0);
    expect(out.match(new RegExp(id, 'g'))).toHaveLength(2);
  });

  it.each([
    ['vrf_', 'That is not a verification id.'],
    ['drop table', 'That is not a verification id.'],
    ['vrf_zzz', 'No verification begins with vrf_zzz.'],
    ['vrf_0', 'Several verifications begin with vrf_0.'],
  ])('says what is wrong with %p', async (typed, words) => {
    const { code, err } = await installation.otp('show', typed);
    expect(code).toBe(1);
    expect(err).toContain(words);
  });
});

describe('otp list', () => {
  it('lists the newest first, recipients masked', async () => {
    const { out } = await installation.otp('list', '--since', '1h');
    const lines = out.trimEnd().split('\n');
    expect(lines[1]).toMatch(new RegExp(`^${other}  acme    \\+55 ••• 21  sign_up  ◆ whatsapp`));
    expect(lines[2]).toMatch(new RegExp(`^${id}  acme    \\+1 ••• 00   auth     ● sms`));
    expect(JSON.parse((await installation.otp('list', '--json', '--limit', '1')).out)).toHaveLength(1);
  });

  it.each([
    [['--limit', '0'], '--limit is not a whole number'],
    [['--since', 'noon'], '--since is not a span of time'],
    [['--tenant', 'nobody'], 'There is no tenant "nobody".'],
  ])('refuses %j', async (args, words) => {
    expect(await installation.otp('list', ...args)).toMatchObject({
      code: 1,
      err: expect.stringContaining(words),
    });
  });
});

describe('otp failures', () => {
  it('groups what failed', async () => {
    const { out } = await installation.otp('failures', '--since', '1h');
    expect(out).toContain('1 of 1 attempt failed in the last hour (100.0 %).');
    expect(out).toMatch(
      /◆ whatsapp {2}meta {6}ECONNREFUSED {2}US {11}1 {2}100\.0 % {2}No connection to the provider/,
    );
    const json = JSON.parse((await installation.otp('failures', '--tenant', 'acme', '--json')).out);
    expect(json).toMatchObject({ attempts: 1, groups: [{ kind: 'connect_failed', count: 1 }] });
  });

  it('has good news for a quiet time', async () => {
    await delay(attemptedAt + 1_100 - Date.now());
    const { code, out } = await installation.run(['failures', '--since', '1s'], {});
    expect({ code, out }).toEqual({
      code: 0,
      out: 'No attempts in the last second, so no failures either.\n',
    });
  });
});

describe('otp send', () => {
  it('puts a job into the queue of the installation', async () => {
    const { code, out } = await installation.otp(
      'send',
      '--tenant',
      'acme',
      '--phone',
      '+14155550100',
      '--key',
      'k1',
    );
    expect(code).toBe(0);
    const jobId = out.trim();
    await installation.withEngine(async (_, { producer }) => {
      const [intake] = producer.queues();
      expect((await intake?.getJob(jobId))?.data).toMatchObject({ v: 1, tenant: 'acme', purpose: 'auth' });
    });
  });

  it.each([
    [['--phone', '+14155550100'], '--tenant is missing'],
    [['--tenant', 'nobody', '--phone', '+14155550100'], 'There is no tenant'],
    [['--tenant', 'acme'], 'to: needs a phone, an email, or both'],
    [['--tenant', 'acme', '--phone', '555'], 'to.phone: must be E.164'],
    [['--tenant', 'acme', '--phone', '+14155550100', '--route', 'pigeon'], 'route.0: must be one of'],
    [['--via', 'http', '--phone', '+14155550100'], 'OTP_API_KEY is not set'],
    [['--via', 'carrier'], '--via is neither'],
  ])('refuses %j', async (args, words) => {
    expect(await installation.otp('send', ...args)).toMatchObject({
      code: 1,
      err: expect.stringContaining(words),
    });
  });

  it('says that the relay is away', async () => {
    const { code, err } = await installation.run(['send', '--phone', '+14155550100'], {
      env: { OTP_API_KEY: 'otp_live_x', OTP_URL: 'http://127.0.0.1:1' },
    });
    expect(code).toBe(2);
    expect(err).toContain('http://127.0.0.1:1 did not answer');
  });
});

describeWithRedis('otp send over Redis', (redis) => {
  it('uses the same queue as the worker', async () => {
    const { code, out } = await installation.run(['send', '--tenant', 'acme', '--phone', '+14155550100'], {
      env: { REDIS_URL: redis().url },
    });
    expect(code).toBe(0);
    expect(out.trim()).toMatch(/^idem-[0-9a-f]{64}$/);
  });

  it('says soon that Redis is away', async () => {
    const { code, err } = await installation.run(['send', '--tenant', 'acme', '--phone', '+14155550100'], {
      env: { REDIS_URL: 'redis://127.0.0.1:1' },
    });
    expect(code).toBe(2);
    expect(err).toContain('The queue did not answer within 2000 ms');
  });
});
