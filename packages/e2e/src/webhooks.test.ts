import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { verifyWebhook } from '@otp-relay/client';
import type { PublishedEventBody } from '@otp-relay/contracts';
import { issueApiKey, rotateWebhookSecret, showWebhookSecrets } from '@otp-relay/engine';
import { waitFor } from '@otp-relay/testkit';
import { describeWorld, phoneBook } from './world/index.ts';

interface Call {
  readonly id: string;
  readonly event: PublishedEventBody;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A tenant's own server: believes what is signed, answers as it was told, remembers every call. */
function receiver(secrets: () => readonly string[]) {
  const calls: Call[] = [];
  const forged: string[] = [];
  const answers: number[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const verified = verifyWebhook(request.headers, body, secrets());
      if (verified.ok && verified.event)
        calls.push({ ...verified, event: verified.event, headers: request.headers, body });
      else forged.push(verified.ok ? 'of an unknown type' : verified.reason);
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  return {
    calls,
    forged,
    /** What the next calls are answered with. */
    answers,
    listen: () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)),
    url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/otp`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describeWorld(
  'webhooks of a tenant',
  (world) => {
    const phone = phoneBook();
    let secrets: readonly string[] = [];
    const own = receiver(() => secrets);

    const configure = async (url: string, events?: readonly string[]): Promise<void> => {
      const dead = { id: 'dead', url: 'http://127.0.0.1:9/nobody' };
      await world().reconfigure({
        more: { webhooks: [{ id: 'main', url, ...(events && { events }) }, dead] },
      });
    };
    const about = (id: string): Call[] =>
      own.calls.filter(({ event }) => event.type !== 'webhook.test' && event.data.id === id);
    const told = (id: string): string[] => about(id).map(({ event }) => event.type);
    const until = (name: string, condition: () => boolean, timeoutMs = 10_000) =>
      waitFor(name, condition, { timeoutMs, everyMs: 25 });
    const api = async (method: string, path: string, body?: unknown) => {
      const key = await issueApiKey(world().house.store, world().house.pepper, {
        tenantId: world().tenantId,
        name: 'replays',
        scopes: ['read', 'check', 'admin'],
      });
      const response = await fetch(world().apiUrl + path, {
        method,
        headers: {
          authorization: `Bearer ${key.secret.reveal()}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, json: (await response.json()) as { events: unknown } };
    };

    beforeAll(async () => {
      await own.listen();
      await configure(own.url());
      const { house, tenantId } = world();
      secrets = await showWebhookSecrets(house, tenantId, 'main');
    });
    afterAll(() => own.close());

    it('tells what happened, each thing once, signed, without code or address', async () => {
      const to = phone('01');
      const id = await world().send({ to: { phone: to }, idempotencyKey: `login-${to.slice(-4)}` });
      await until('the delivery to be told', () => told(id).includes('verification.delivered'));
      await until('the failure to be told', () => told(id).includes('verification.attempt_failed'));
      expect(told(id).sort()).toEqual([
        'verification.accepted',
        'verification.attempt_failed',
        'verification.delivered',
      ]);
      const delivered = about(id).find(({ event }) => event.type === 'verification.delivered');
      expect(delivered?.event.data).toMatchObject({
        status: 'pending',
        delivery: 'delivered',
        channel: 'sms',
        purpose: 'auth',
        mode: 'live',
        idempotencyKey: `login-${to.slice(-4)}`,
        attempt: { channel: 'sms', state: 'delivered', failure: null },
      });
      const failed = about(id).find(({ event }) => event.type === 'verification.attempt_failed');
      expect(failed?.event.data).toMatchObject({
        attempt: { failure: { kind: 'not_on_whatsapp', code: '131026' } },
      });
      const [message] = await world().simulator.messages({ to });
      expect(message?.code).toMatch(/^\d{6}$/);
      for (const { body, headers } of about(id)) {
        expect(body).not.toContain(to.slice(1));
        expect(body).not.toContain(message?.code);
        expect(headers['webhook-id']).toMatch(/^evt_[0-9a-z]{26}$/);
      }
      expect(own.forged).toEqual([]);
    });

    it('tells what became of the code', async () => {
      const to = phone('00');
      const id = await world().send({ to: { phone: to } });
      await until('the delivery to be told', () => told(id).includes('verification.delivered'));
      const [message] = await world().simulator.messages({ to });
      await api('POST', `/v1/verifications/${id}/check`, { code: message?.code });
      await until('the approval to be told', () => told(id).includes('verification.approved'));
      const denied = await world().send({ to: { phone: phone('00') } });
      for (let wrong = 0; wrong < 5; wrong += 1)
        await api('POST', `/v1/verifications/${denied}/check`, { code: '0000' });
      await until('the denial to be told', () => told(denied).includes('verification.denied'));
      for (const { body } of [...about(id), ...about(denied)]) expect(body).not.toContain(message?.code);
    });

    it('tells again what was answered with 500, under the same id', async () => {
      own.answers.push(500);
      const id = await world().send({ to: { phone: phone('00') } });
      await until('every event to be taken', () => told(id).length >= 3, 15_000);
      const ids = about(id).map((call) => call.id);
      expect(new Set(ids).size).toBe(ids.length - 1);
      const cancelled = await world().client.cancel(id);
      expect(cancelled.status).toBe('canceled');
      await until('the cancellation to be told', () => told(id).includes('verification.canceled'));
    }, 30_000);

    it('tells the past again when asked', async () => {
      const since = new Date().toISOString();
      const id = await world().send({ to: { phone: phone('00') } });
      await until('the delivery to be told', () => told(id).includes('verification.delivered'));
      const [first] = about(id);
      expect(await api('POST', `/v1/events/${first?.id}/replay`)).toMatchObject({
        status: 200,
        json: { events: 1, webhooks: ['dead', 'main'], through: null },
      });
      await until(
        'one event to be told again',
        () => about(id).filter((call) => call.id === first?.id).length === 2,
      );
      const types = ['verification.delivered'];
      expect(await api('POST', '/v1/events/replay', { since, types })).toMatchObject({ json: { events: 1 } });
      await until(
        'the delivery to be told again',
        () => told(id).filter((type) => types.includes(type)).length === 2,
      );
      const { json } = await api('GET', `/v1/events?since=${since}&type=verification.delivered`);
      expect(json.events).toMatchObject([
        {
          data: { id },
          deliveries: [
            { webhook: 'dead', state: 'pending' },
            { webhook: 'main', state: 'delivered', lastStatus: 204 },
          ],
        },
      ]);
    }, 30_000);

    it('signs with the old secret and the new one while a tenant changes over', async () => {
      const { house, tenantId } = world();
      const hook = await house.store.webhooks.get(tenantId, 'main');
      const next = await rotateWebhookSecret(
        house.store,
        house.keys,
        hook ?? { tenantId, id: '', sealedSecrets: null },
        {
          now: Date.now(),
        },
      );
      const id = await world().send({ to: { phone: phone('00') } });
      await until('a call under the old secret', () => told(id).length >= 1);
      expect(about(id)[0]?.headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/);
      secrets = [next.reveal()];
      await until('a call under the new secret', () => told(id).length >= 2);
      expect(own.forged).toEqual([]);
    });

    it('sends only what was asked for, and nothing more after 410', async () => {
      await configure(own.url(), ['verification.delivered']);
      const toldOfOne = async (): Promise<readonly string[]> => {
        const id = await world().send({ to: { phone: phone('00') } });
        await until('the delivery to be told', () => told(id).includes('verification.delivered'));
        return told(id);
      };
      // Processes hear of the change by themselves, a moment later.
      await waitFor('the change to be known', async () => (await toldOfOne()).length === 1, {
        timeoutMs: 10_000,
      });
      expect(await toldOfOne()).toEqual(['verification.delivered']);
      own.answers.push(410);
      await world().send({ to: { phone: phone('00') } });
      await until('the webhook to be disabled', () => own.answers.length === 0);
      await waitFor('the webhook to be disabled', async () => {
        const hook = await world().house.store.webhooks.get(world().tenantId, 'main');
        return hook?.state === 'disabled' && hook.disabledReason === 'gone';
      });
    });
  },
  { env: { OTP_OUTGOING_NETWORKS: '127.0.0.0/8' } },
);
