import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { publishedEvent } from '@otp-relay/contracts';
import { migrate, openStore, type Store } from '@otp-relay/store';
import { type TestDatabase, testDatabase, waitFor } from '@otp-relay/testkit';
import { createId, createKeyRing } from '@otp-relay/vault';
import pg from 'pg';
import { createClock } from '../clock.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { type Courier, startCourier } from './start-courier.ts';
import { type Receiver, startReceiver } from './testing/receiver.ts';

const keys = createKeyRing(`1:${randomBytes(32).toString('base64')}`);
let database: TestDatabase;
let store: Store;
let admin: pg.Client;
const closing: (() => Promise<unknown>)[] = [];
const told: object[] = [];

beforeAll(async () => {
  database = await testDatabase({ template: async (url) => void (await migrate(url)) });
  store = openStore({ url: database.url });
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await store.close();
  await admin.end();
  await database.stop();
});

function courier(): Courier {
  const outgoing = createGuardedFetch({ allowedNetworks: ['127.0.0.0/8'], timeoutMs: 2_000 });
  const nobody = (): void => undefined;
  const log = { debug: nobody, info: nobody, warn: nobody, error: (about: object) => void told.push(about) };
  const started = startCourier({ store, keys, outgoing, clock: createClock(), log });
  closing.push(outgoing.close, () => started.stop({ graceMs: 0 }));
  return started;
}

async function receiver(answer?: Parameters<typeof startReceiver>[0]): Promise<Receiver> {
  const started = await startReceiver(answer);
  closing.push(started.close);
  return started;
}

let tenants = 0;
/** A tenant with one webhook and events that wait for it. */
async function tenant(url: string, events = 1): Promise<string> {
  tenants += 1;
  const id = `tenant-${tenants}`;
  await store.tenants.put({ id, name: id, config: { webhooks: [{ id: 'main', url }] } });
  await enqueue(id, events);
  return id;
}
async function enqueue(id: string, events: number): Promise<void> {
  const data = {
    id: createId('vrf'),
    status: 'pending',
    delivery: 'delivered',
    purpose: 'auth',
    mode: 'live',
    channel: 'sms',
    route: ['sms'],
    createdAt: '2026-01-31T12:00:00.000Z',
    expiresAt: '2026-01-31T12:10:00.000Z',
    attempt: null,
  };
  await admin.query(
    `insert into otp.outbox (tenant_id, id, webhook, type, verification_id, at, data, due_at)
      select $1, event, 'main', 'verification.delivered', $2, otp.now_ms(), $3, otp.now_ms()
      from unnest($4::text[]) event`,
    [id, data.id, data, Array.from({ length: events }, () => createId('evt'))],
  );
}
const deliveries = async (id: string) =>
  (await store.outbox.list(id, { limit: 500 })).flatMap((event) => event.deliveries);
const hook = (id: string) => store.webhooks.get(id, 'main');
const soon = { timeoutMs: 8_000 };

describe('delivering what is in the outbox', () => {
  it('calls with the headers of Standard Webhooks and an event anybody can read', async () => {
    const ours = await receiver();
    const id = await tenant(ours.url);
    courier().ring({ tenant: id, webhook: 'main' });
    const [call] = await waitFor('the call', () => ours.calls.length > 0 && ours.calls, soon);
    expect(call?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': expect.stringMatching(/^evt_/),
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'webhook-signature': expect.stringMatching(/^v1,\S{44}$/),
    });
    expect(publishedEvent.parse(JSON.parse(call?.body ?? ''))).toMatchObject({
      type: 'verification.delivered',
      data: { delivery: 'delivered', to: null },
    });
    await waitFor('the record', async () => (await deliveries(id))[0]?.state === 'delivered');
  });

  it('finds what no bell told of', async () => {
    const ours = await receiver();
    await tenant(ours.url, 70);
    courier();
    await waitFor('every call', () => new Set(ours.calls.map((call) => call.id)).size === 70, soon);
    expect(ours.calls).toHaveLength(70);
  });

  it('delivers to one while another, with much more to be told, hangs', async () => {
    const hanging = await receiver(() => undefined);
    const ours = await receiver();
    const slow: string[] = [];
    for (let other = 0; other < 5; other += 1) slow.push(await tenant(hanging.url, 200));
    const id = await tenant(ours.url, 100);
    const started = courier();
    for (const other of slow) started.ring({ tenant: other, webhook: 'main' });
    const startedAt = Date.now();
    started.ring({ tenant: id, webhook: 'main' });
    await waitFor('every call', () => ours.calls.length === 100, soon);
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect((await deliveries(slow[0] ?? '')).every(({ state }) => state === 'pending')).toBe(true);
  });

  it('tries again in 5 s what was refused, and counts it', async () => {
    const ours = await receiver((response) => response.writeHead(500).end());
    const id = await tenant(ours.url);
    courier();
    const first = await waitFor(
      'the try',
      async () => (await deliveries(id)).find(({ lastStatus }) => lastStatus),
      soon,
    );
    expect(first).toMatchObject({ state: 'pending', tries: 1, lastStatus: 500, lastFailure: 'status_500' });
    expect(first.dueAt - (first.lastAt ?? 0)).toBeGreaterThanOrEqual(5_000);
    expect(first.dueAt - (first.lastAt ?? 0)).toBeLessThan(7_000);
    expect(await hook(id)).toMatchObject({ failures: 1, restsUntil: expect.any(Number) });
  });

  it('gives up after the last try', async () => {
    const ours = await receiver((response) => response.writeHead(500).end());
    const id = await tenant(ours.url);
    await admin.query('update otp.outbox set tries = 6 where tenant_id = $1', [id]);
    courier();
    await waitFor('the end', async () => (await deliveries(id))[0]?.state === 'failed', soon);
    expect(ours.calls).toHaveLength(1);
  });

  it('leaves a webhook alone that fails again and again, and comes back with one call', async () => {
    let works = false;
    const ours = await receiver((response) => response.writeHead(works ? 204 : 503).end());
    const id = await tenant(ours.url, 40);
    await admin.query(
      `update otp.webhooks set failures = 3, failing_since = otp.now_ms(), rests_until = 0 where tenant_id = $1`,
      [id],
    );
    const started = courier();
    started.ring({ tenant: id, webhook: 'main' });
    await waitFor('the probe', async () => (await hook(id))?.failures === 4, soon);
    started.ring({ tenant: id, webhook: 'main' });
    expect(ours.calls).toHaveLength(1);
    const untouched = (await deliveries(id)).filter(({ tries }) => tries === 0);
    expect(untouched).toHaveLength(39);
    works = true;
    await admin.query('update otp.webhooks set rests_until = 0 where tenant_id = $1', [id]);
    started.ring({ tenant: id, webhook: 'main' });
    await waitFor('the rest', () => ours.calls.length === 40, soon);
    await waitFor('the webhook to work', async () => (await hook(id))?.failures === 0);
  });

  it('disables a webhook that is gone, or fails for days, and tells the operator', async () => {
    const gone = await receiver((response) => response.writeHead(410).end());
    const failing = await receiver((response) => response.writeHead(500).end());
    const [one, other] = [await tenant(gone.url, 3), await tenant(failing.url)];
    await admin.query(
      `update otp.webhooks set failures = 200, failing_since = otp.now_ms() - $2::bigint where tenant_id = $1`,
      [other, 5 * 24 * 3_600_000],
    );
    courier();
    await waitFor('both to be disabled', async () => (await hook(one))?.disabledReason === 'gone', soon);
    await waitFor('both to be disabled', async () => (await hook(other))?.disabledReason === 'failing', soon);
    expect((await deliveries(one)).map(({ state }) => state)).toEqual(['failed', 'failed', 'failed']);
    expect(told).toEqual(
      expect.arrayContaining([
        { tenant: one, webhook: 'main', reason: 'gone' },
        { tenant: other, webhook: 'main', reason: 'failing' },
      ]),
    );
  });

  it('leaves what was under way when it stopped to whoever comes next', async () => {
    const hanging = await receiver(() => undefined);
    const id = await tenant(hanging.url);
    const started = courier();
    started.ring({ tenant: id, webhook: 'main' });
    await waitFor('the call', () => hanging.calls.length === 1, soon);
    const stoppedAt = Date.now();
    await started.stop({ graceMs: 50 });
    expect(Date.now() - stoppedAt).toBeLessThan(1_500);
    expect(await deliveries(id)).toMatchObject([{ state: 'pending', tries: 1, lastFailure: 'timed_out' }]);
  });

  it('never calls an address inside, and says so', async () => {
    const id = await tenant('http://169.254.169.254/latest/meta-data');
    courier();
    const tried = await waitFor(
      'the try',
      async () => (await deliveries(id)).find((one) => one.lastFailure),
      soon,
    );
    expect(tried.lastFailure).toBe('address_refused');
  });
});
