import { request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { VerificationView } from '@otp-relay/contracts';
import { waitFor } from '@otp-relay/testkit';
import { describeWorld, phoneBook, type World } from './world/index.ts';

const states = (verification: VerificationView): string[] =>
  verification.attempts.map((attempt) => `${attempt.channel} ${attempt.state}`);
const delivered = (verification: VerificationView): boolean => verification.delivery === 'delivered';

/** Announces 4 MB and reads the answer: the server need not take them all in to refuse them. */
const statusOfHuge = (url: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers: { 'content-length': 4_000_000 } }, (response) => {
      resolve(response.statusCode);
      call.destroy();
    });
    call.once('error', reject);
    call.write('x');
  });

/** A sign-up has time: a busy machine may need seconds to start a worker. */
const patient = { purpose: 'sign_up', route: [{ channel: 'whatsapp', account: 'wa', timeoutMs: 60_000 }] };

describeWorld('faults', faults, { tenant: { whatsappMs: 5_000, more: { overrides: [patient] } } });

function faults(world: () => World): void {
  const phone = phoneBook();
  const send = (whatsapp: string): Promise<string> => world().send({ to: { phone: phone(whatsapp) } });
  /** The power cut: every worker dies at once. */
  const killWorkers = async (): Promise<void> => {
    await Promise.all(
      world()
        .workers.splice(0)
        .map((worker) => worker.kill()),
    );
  };
  /** Waits until the provider has been called for the first attempt. */
  const called = (id: string): Promise<unknown> =>
    waitFor('the call to be under way', async () => {
      const calls = await world().simulator.calls({ attempt: `att_${id.slice(4)}_0_1` });
      return calls.length > 0;
    });
  /** How often the provider was called for each attempt. */
  const calls = (verification: VerificationView): Promise<number[]> =>
    Promise.all(
      verification.attempts.map(async (a) => (await world().simulator.calls({ attempt: a.id })).length),
    );

  it('sends what was accepted while no worker was running', async () => {
    await killWorkers();
    const id = await world().send({ to: { phone: phone('00') }, purpose: 'sign_up' });
    await world().startWorker();
    const verification = await world().until('the delivery', id, delivered, 30_000);
    expect(states(verification)).toEqual(['whatsapp delivered']);
  });

  it('a worker killed in the middle of a call never sends twice: the next channel is used', async () => {
    const id = await send('09');
    await called(id);
    await killWorkers();
    await world().startWorker();
    const verification = await world().until('the fallback', id, delivered, 20_000);
    expect(states(verification)).toEqual(['whatsapp uncertain', 'sms delivered']);
    expect(await calls(verification)).toEqual([1, 1]);
  }, 30_000);

  it('a worker killed between the call and its record: the receipt finds the row', async () => {
    const id = await send('08');
    await called(id);
    await killWorkers();
    const verification = await world().until('the delivery, told by the receipt', id, delivered);
    expect(states(verification)).toEqual(['whatsapp delivered']);
    expect(await calls(verification)).toEqual([1]);
    await world().startWorker();
  });

  it('a worker killed while a receipt is awaited loses no timeout', async () => {
    const id = await send('02');
    await world().until('whatsapp to be awaited', id, (v) => v.delivery === 'awaiting');
    await killWorkers();
    await world().startWorker();
    const verification = await world().until('the fallback', id, delivered, 15_000);
    expect(states(verification)).toEqual(['whatsapp timed_out', 'sms delivered']);
  }, 25_000);

  it('SIGTERM lets the call under way end, records it, and stops with 0', async () => {
    await world().simulator.settings({ slowAfterMs: 1_500 });
    const id = await send('25');
    await called(id);
    const [worker] = world().workers.splice(0);
    const end = await worker?.stop(15_000);
    await world().startWorker();
    expect(end).toEqual({ code: 0, signal: null });
    const accepted = (await world().timeline(id)).map((entry) => entry.type);
    expect(accepted).toContain('attempt_accepted');
    await world().until('the delivery', id, delivered);
  }, 30_000);

  it('an api killed while receipts arrive loses none: the provider is not told 200', async () => {
    await world().simulator.settings({ deliveredAfterMs: 800 });
    const ids = await Promise.all(Array.from({ length: 10 }, () => send('00')));
    await world().api().kill();
    await world().startApi();
    for (const id of ids) await world().until('the delivery', id, delivered, 20_000);
    await world().simulator.settings({ deliveredAfterMs: 150 });
  }, 40_000);

  it('promoting a bell forces the fallback now', async () => {
    const id = await send('17');
    const awaiting = await world().until('whatsapp to be awaited', id, (v) => v.delivery === 'awaiting');
    const bells = world()
      .house.producer.queues()
      .find((queue) => queue.name === 'otp-timeouts');
    const bell = await waitFor('the bell', async () =>
      (await bells?.getDelayed())?.find((job) => job.id?.startsWith(awaiting.attempts[0]?.id ?? '?')),
    );
    await bell.promote();
    const verification = await world().until('the fallback', id, delivered, 1_500);
    expect(verification.attempts.map((a) => a.channel)).toEqual(['whatsapp', 'sms']);
    const entry = (await world().timeline(id)).find((e) => e.type === 'next');
    expect(entry?.detail).toMatchObject({ by: 'operator' });
  });

  describe('webhooks that are not authentic', () => {
    const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${world().apiUrl}/webhooks/${path}`, { method: 'POST', body, headers });

    it.each([
      'meta-whatsapp/TENANT/wa',
      'twilio-sms/TENANT/sms',
      'smtp-email/TENANT/mail',
      'meta-whatsapp/nobody/wa',
    ])('%s: forged, truncated and malformed are refused, never a 5xx', async (path) => {
      const at = path.replace('TENANT', world().tenantId);
      const forged = {
        'content-type': 'application/json',
        'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
        'x-twilio-signature': 'AAAA',
      };
      for (const body of ['', '{', '{"object":"whatsapp_business_account"}', '\u0000', 'a=b&c'])
        for (const headers of [{}, forged]) {
          const { status } = await post(at, body, headers);
          expect([400, 401, 403]).toContain(status);
        }
    });

    it('too large a body is 413, an unknown provider 404', async () => {
      const at = `meta-whatsapp/${world().tenantId}/wa`;
      expect(await statusOfHuge(`${world().apiUrl}/webhooks/${at}`)).toBe(413);
      expect((await post('no-such-provider/a/b', '{}')).status).toBe(404);
    });
  });
}
