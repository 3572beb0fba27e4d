import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventView } from '@otp-relay/contracts';
import { applyTenants, getTenant } from '@otp-relay/engine';
import { waitFor } from '@otp-relay/testkit';
import { type Answer, startApi, type TestApi } from './testing/start-api.ts';

interface Page {
  readonly events: readonly EventView[];
  readonly before: string | null;
}
const pageOf = ({ text }: Answer): Page => JSON.parse(text) as Page;

describe('/v1/events', () => {
  let api: TestApi;
  let token: string;
  let admin: string;

  beforeAll(async () => {
    api = await startApi();
    ({ token } = await api.issueKey());
    ({ token: admin } = await api.issueKey({ scopes: ['admin'] }));
    await listenTo('acme', [{ id: 'main' }, { id: 'ends', events: ['verification.canceled'] }]);
    for (const phone of ['+14155550160', '+14155550161'])
      await api.call('POST', '/v1/verifications', { token, body: { to: { phone } } });
  }, 90_000);
  afterAll(() => api.stop());

  async function listenTo(
    tenant: string,
    webhooks: readonly { id: string; events?: string[] }[],
  ): Promise<void> {
    const { store, keys } = api.house;
    const config = await getTenant(store, keys, tenant);
    if (!config) throw new Error('no such tenant');
    const wanted = webhooks.map((hook) => ({ url: `https://${tenant}.example/${hook.id}`, ...hook }));
    const file = { tenants: { [tenant]: { ...config, webhooks: wanted } } } as Parameters<
      typeof applyTenants
    >[2];
    expect(await applyTenants(store, keys, file)).toMatchObject({ ok: true });
    // Every process hears of it by itself.
    await waitFor('the webhooks to be known', async () => {
      const { json } = await api.call('POST', '/v1/verifications', {
        token: (await api.issueKey({ tenantId: tenant })).token,
        body: { to: { email: `${Math.random()}@example.com` }, route: ['email'] },
      });
      const { events } = pageOf(await list('', (await api.issueKey({ tenantId: tenant })).token));
      return events.some(({ data }) => data.id === json.id);
    });
  }
  const list = (query: string, key = token): Promise<Answer> =>
    api.call('GET', `/v1/events${query}`, { token: key });

  it('lists what webhooks are told, newest first, without address or code', async () => {
    const answer = await list('?limit=2');
    expect(answer.status).toBe(200);
    const { events, before } = pageOf(answer);
    expect(events).toMatchObject([
      {
        type: 'verification.accepted',
        data: { to: '+1 ••• 61', status: 'pending', route: ['whatsapp', 'email'], attempt: null },
        deliveries: [{ webhook: 'main', state: 'pending', tries: 0, lastStatus: null }],
      },
      { data: { to: '+1 ••• 60' } },
    ]);
    expect(before).toBe(events[1]?.id);
    expect(answer.text).not.toContain('4155550160');
    const next = pageOf(await list(`?limit=2&before=${before}`));
    expect(next.events.map(({ id }) => id)).not.toContain(before);
  });

  it('filters by type and time', async () => {
    expect(pageOf(await list('?type=verification.approved')).events).toEqual([]);
    expect(pageOf(await list(`?since=${new Date(Date.now() + 60_000).toISOString()}`)).events).toEqual([]);
    expect(pageOf(await list(`?until=${new Date(Date.now() + 60_000).toISOString()}`)).events).not.toEqual(
      [],
    );
    expect(await list('?type=approved')).toMatchObject({
      status: 422,
      json: { problems: [{ path: 'type' }] },
    });
  });

  it('is told to the webhooks that asked for it', async () => {
    const [event] = pageOf(await list('?limit=1')).events;
    await api.call('POST', `/v1/verifications/${event?.data.id}/cancel`, { token });
    expect(pageOf(await list('?limit=1')).events).toMatchObject([
      { type: 'verification.canceled', deliveries: [{ webhook: 'ends' }, { webhook: 'main' }] },
    ]);
  });

  it('shows a tenant nothing of another, and keeps nothing for one without webhooks', async () => {
    const { token: other } = await api.issueKey({ tenantId: 'globex' });
    await api.call('POST', '/v1/verifications', { token: other, body: { to: { email: 'bo@example.com' } } });
    expect(pageOf(await list('', other)).events).toEqual([]);
    const [event] = pageOf(await list('?limit=1')).events;
    const { token: stranger } = await api.issueKey({ tenantId: 'globex', scopes: ['admin'] });
    expect(await api.call('POST', `/v1/events/${event?.id}/replay`, { token: stranger })).toMatchObject({
      status: 404,
    });
  });

  it('tells an event again, and rings for it', async () => {
    const [event] = pageOf(await list('?limit=1')).events;
    const again = await api.call('POST', `/v1/events/${event?.id}/replay`, { token: admin });
    expect(JSON.parse(again.text)).toEqual({ events: 1, webhooks: ['ends', 'main'], through: null });
    const { waiting, active } = (await api.house.producer.counts())['otp-events'];
    expect(waiting + active).toBeGreaterThan(0);
    expect(await api.call('POST', '/v1/events/evt_nobody/replay', { token: admin })).toMatchObject({
      status: 404,
    });
  });

  it('tells the events of a time again', async () => {
    const since = '2026-01-01T00:00:00Z';
    const replay = (body: object, key = admin) => api.call('POST', '/v1/events/replay', { token: key, body });
    const all = JSON.parse((await replay({ since })).text) as { events: number };
    expect(all.events).toBeGreaterThanOrEqual(3);
    expect(JSON.parse((await replay({ since, types: ['verification.canceled'] })).text)).toMatchObject({
      events: 1,
    });
    expect(JSON.parse((await replay({ since, until: '2026-01-02T00:00:00Z' })).text)).toMatchObject({
      events: 0,
    });
    expect(await replay({ since }, token)).toMatchObject({ status: 403 });
    for (const [body, path] of [
      [{}, 'since'],
      [{ since: 'yesterday' }, 'since'],
      [{ since, until: since }, 'until'],
      [{ since, types: ['approved'] }, 'types.0'],
      [{ since, who: 'me' }, 'who'],
    ] as const)
      expect(await replay(body)).toMatchObject({ status: 422, json: { problems: [{ path }] } });
  });
});
