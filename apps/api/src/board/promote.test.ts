import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Bell, type Consumer, createConsumer, timeoutsQueue } from '@otp-relay/queue';
import { describeOnBothBackends, waitFor } from '@otp-relay/testkit';
import { startApi, type TestApi } from '../testing/start-api.ts';

const password = 'a-long-enough-password';

describeOnBothBackends('promoting a deadline on the board', (backend) => {
  let api: TestApi;
  let bells: Consumer;

  beforeAll(async () => {
    api = await startApi({ OTP_BOARD_PASSWORD: password, OTP_BOARD_WRITABLE: 'true' }, backend());
    // What the worker does with this queue.
    bells = createConsumer<Bell>(
      api.house.backend,
      timeoutsQueue,
      ({ data, promoted }) => api.engine.ring(data, promoted),
      { concurrency: 1, onFault: () => undefined },
    );
    await bells.ready();
  }, 90_000);
  afterAll(async () => {
    await bells?.close({ graceMs: 1_000 });
    await api?.stop();
  });

  it('makes the engine try the next channel now', async () => {
    const { token } = await api.issueKey();
    const body = { to: { phone: '+14155550120', email: 'ana@example.com' } };
    const { json } = await api.call('POST', '/v1/verifications', { token, body });
    const attempt = json.attempts[0]!.id as string;
    const show = async () => (await api.call('GET', `/v1/verifications/${json.id}`, { token })).json;
    // No provider answers here: the call is lost, and the attempt waits for a receipt or its deadline.
    const dueAt = Date.now() + 60_000;
    await api.house.producer.arm([{ tenant: 'acme', verification: json.id, attempt, dueAt }]);

    const { status } = await api.call(
      'PUT',
      `/board/api/queues/${timeoutsQueue}/${attempt}-${dueAt}/promote`,
      {
        headers: { authorization: `Basic ${Buffer.from(`operator:${password}`).toString('base64')}` },
      },
    );
    expect(status).toBe(204);
    const moved = await waitFor('the e-mail attempt', async () => {
      const view = await show();
      return view.channel === 'email' && view;
    });
    expect(moved.attempts.map((it: { channel: string; state: string }) => [it.channel, it.state])).toEqual([
      ['whatsapp', 'suppressed'],
      ['email', 'queued'],
    ]);
    const { json: timeline } = await api.call('GET', `/v1/verifications/${json.id}/timeline`, { token });
    expect(timeline.entries).toContainEqual(
      expect.objectContaining({ type: 'next', detail: expect.objectContaining({ by: 'operator' }) }),
    );
  });
});
