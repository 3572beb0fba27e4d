import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createConsumer,
  createProducer,
  intakeQueue,
  type Producer,
  queueNames,
  Refused,
  timeoutsQueue,
} from '@otp-relay/queue';
import { describeOnBothBackends, type TestBackend, waitFor } from '@otp-relay/testkit';
import { type FastifyInstance, fastify } from 'fastify';
import { request } from 'undici';
import { readConfig } from '../config.ts';
import { mountBoard } from './board.ts';

const password = 'a-long-enough-password';
const phone = '+14155550100';
const canary = '493817';
const basic = (user: string, pass: string): string =>
  `Basic ${Buffer.from(`${user}:${pass}`).toString('base64')}`;
const ulid = '01k9z3v6d2m8q4w7x5y1t0r9nb';

async function listen(producer: Producer, writable: boolean): Promise<{ app: FastifyInstance; url: string }> {
  const settings = readConfig({
    OTP_BOARD_PASSWORD: password,
    OTP_BOARD_WRITABLE: String(writable),
  });
  const app = fastify();
  await mountBoard(app, { settings, producer }, password);
  return { app, url: await app.listen({ port: 0 }) };
}

describeOnBothBackends('the board', (backend: () => TestBackend) => {
  let producer: Producer;
  let app: FastifyInstance;
  let writable: FastifyInstance;
  let url: string;
  let writableUrl: string;

  beforeAll(async () => {
    producer = createProducer(backend());
    await producer.ready();
    ({ app, url } = await listen(producer, false));
    ({ app: writable, url: writableUrl } = await listen(producer, true));
  }, 30_000);
  afterAll(async () => {
    await app.close();
    await writable.close();
    await producer.close();
  });

  const call = async (path: string, method: 'GET' | 'PUT' | 'POST' | 'PATCH' = 'GET', base = url) => {
    const { statusCode, body } = await request(base + path, {
      method,
      headers: { authorization: basic('operator', password) },
    });
    return { status: statusCode, text: await body.text() };
  };

  it('asks for a password on every path, and takes no other', async () => {
    for (const path of [
      '/board',
      '/board/',
      '/board/api/queues',
      '/board/queue/otp',
      '/board/static/js/none.js',
    ])
      for (const authorization of [
        undefined,
        basic('operator', ''),
        basic('', password),
        `Bearer ${password}`,
      ]) {
        const { statusCode, headers, body } = await request(url + path, {
          headers: authorization ? { authorization } : {},
        });
        await body.dump();
        expect(`${path} ${statusCode}`).toBe(`${path} 401`);
        expect(headers['www-authenticate']).toMatch(/^Basic /);
      }
  });

  it('serves its page and shows every queue', async () => {
    for (const path of ['/board', '/board/', '/board/queue/otp']) {
      const { text } = await call(path);
      expect(text).toContain('<base href="/board/"');
      for (const [, asset] of text.matchAll(/(?:src|href)="(static[^"]+)"/g))
        expect((await call(`/board/${asset}`)).status).toBe(200);
    }
    const { queues } = JSON.parse((await call('/board/api/queues')).text) as { queues: { name: string }[] };
    expect(queues.map((queue) => queue.name)).toEqual([...queueNames]);
    expect((await call('/board/api/redis/stats')).status).toBe(200);
    expect((await call('/board/api/queues/otp/workers')).status).toBe(200);
  });

  it('never shows an address, a code or a sealed code, in any field of any answer', async () => {
    const secret = {
      v: 1,
      tenant: 'acme',
      to: { phone, email: 'ana@example.com', note: phone },
      purpose: 'auth',
      sealedCode: 'eyJhbGciOiJFQ0RILUVTIn0..aa.bb.cc',
      code: canary,
      context: { payee: 'Ana Lima', amount: '1.00', currency: 'EUR' },
      idempotencyKey: `login-${phone}`,
      [phone]: 'ana@example.com',
    };
    const queue = producer.queues().find((it) => it.name === intakeQueue)!;
    const options = { deduplication: { id: `${phone}-x` }, delay: 60_000 };
    const plain = await queue.add('send', secret, options);
    await queue.add(`send ${phone}`, 'ana@example.com', { jobId: `for-${phone}` });
    await plain.log(`told ana@example.com ${canary}`);
    await plain.updateProgress({ phone });
    await plain.changeDelay(50_000);

    const lists = await call(`/board/api/queues?activeQueue=${intakeQueue}&status=latest`);
    const { queues } = JSON.parse(lists.text) as {
      queues: { name: string; jobs: { id: string; data: unknown; name: string }[] }[];
    };
    const jobs = queues.find((it) => it.name === intakeQueue)!.jobs;
    expect(jobs).toHaveLength(2);
    expect(jobs.find((job) => job.id === plain.id)).toMatchObject({
      name: 'send',
      data: {
        tenant: 'acme',
        to: { phone: '+1 ••• 00', email: 'a••• at example.com', note: '[hidden]' },
        purpose: 'auth',
        sealedCode: '[sealed]',
        code: '[hidden]',
      },
    });
    const answers = [lists];
    for (const { id } of jobs)
      for (const what of ['', '/logs', '/flow']) {
        const answer = await call(`/board/api/queues/${intakeQueue}/${encodeURIComponent(id)}${what}`);
        expect(answer.status).toBe(200);
        answers.push(answer);
      }
    for (const path of ['metrics', 'default-job-options', 'job-data-schema', 'rate-limit'])
      answers.push(await call(`/board/api/queues/${intakeQueue}/${path}`));
    answers.push(await call('/board/api/job-schedulers'));
    const everything = answers.map((answer) => answer.text).join('\n');
    for (const leak of ['4155550100', 'ana@example', canary, 'eyJhbGci', 'Lima', 'login-'])
      expect(everything).not.toContain(leak);
  });

  it('shows why a job failed, without what it failed with', async () => {
    const consumer = createConsumer(
      backend(),
      'otp-events',
      async () => {
        throw new Refused(`no answer for ${phone}, ana@example.com, code ${canary}`);
      },
      { concurrency: 1, onFault: () => undefined },
    );
    const events = producer.queues().find(({ name }) => name === 'otp-events');
    await events!.add('webhook', { tenant: 'acme', webhook: 'main', to: phone }, { jobId: `evt_${ulid}` });
    const answer = await waitFor('the job to fail', async () => {
      const got = await call(`/board/api/queues/otp-events/evt_${ulid}`);
      // The board reads the job first and its state afterwards: only a later read has both.
      return got.text.includes('"failedReason"') && got;
    });
    await consumer.close({ graceMs: 1_000 });
    expect(answer.text).toContain('no answer for');
    expect(JSON.parse(answer.text)).toMatchObject({
      job: { data: { tenant: 'acme', webhook: 'main', to: '[hidden]' } },
    });
    for (const leak of ['4155550100', 'ana@', canary]) expect(answer.text).not.toContain(leak);
  });

  const bell = async (attempt: string) => {
    const dueAt = Date.now() + 60_000;
    await producer.arm([{ tenant: 'acme', verification: `vrf_${ulid}`, attempt, dueAt }]);
    return `${attempt}-${dueAt}`;
  };
  const stateOf = async (id: string) => {
    const answer = await call(`/board/api/queues/${timeoutsQueue}/${id}`);
    return (JSON.parse(answer.text) as { status: string }).status;
  };

  it('changes nothing while it is read-only', async () => {
    const id = await bell(`att_${ulid}_0_1`);
    expect((await call(`/board/api/queues/${timeoutsQueue}/${id}/promote`, 'PUT')).status).toBe(405);
    expect((await call(`/board/api/queues/${timeoutsQueue}/pause`, 'PUT')).status).toBe(405);
    expect(await stateOf(id)).toBe('delayed');
  });

  it('promotes a deadline when it is writable', async () => {
    const id = await bell(`att_${ulid}_1_1`);
    expect((await call(`/board/api/queues/${timeoutsQueue}/${id}/promote`, 'PUT', writableUrl)).status).toBe(
      204,
    );
    expect(await stateOf(id)).toBe('waiting');
  });

  it('never writes a job, writable or not', async () => {
    const id = await bell(`att_${ulid}_2_1`);
    const one = `/board/api/queues/${timeoutsQueue}/${id}`;
    expect((await call(`${one}/update-data`, 'PATCH', writableUrl)).status).toBe(403);
    expect((await call(`/board/api/queues/${intakeQueue}/add`, 'POST', writableUrl)).status).toBe(403);
    expect((await call(`/board/api/queues/${timeoutsQueue}/promote`, 'PUT', writableUrl)).status).toBe(403);
    expect((await call(`/board/api/queues/${timeoutsQueue}/obliterate`, 'PUT', writableUrl)).status).toBe(
      403,
    );
    expect(await stateOf(id)).toBe('delayed');
  });
});

describe('settings of the board', () => {
  it('refuses a short password', () => {
    expect(() => readConfig({ OTP_BOARD_PASSWORD: 'short' })).toThrow('OTP_BOARD_PASSWORD');
  });
});
