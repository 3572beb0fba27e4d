import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@otp-relay/testkit';
import { startApi, type TestApi } from './testing/start-api.ts';

describe('stopping', () => {
  let api: TestApi;
  let token: string;
  beforeAll(async () => {
    api = await startApi();
    ({ token } = await api.issueKey());
  }, 90_000);
  afterAll(() => api.stop());

  it('answers what is under way, and takes nothing new', async () => {
    const body = JSON.stringify({ to: { phone: '+14155550100' } });
    const slow: ClientRequest = request(`${api.url}/v1/verifications`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': body.length,
      },
    });
    slow.write(body.slice(0, 10));
    const arrived = once(api.app.server, 'request');
    await arrived;
    const closed = api.app.close();
    await waitFor('the door to be shut', () => !api.app.server.listening);
    slow.end(body.slice(10));
    const [answer] = (await once(slow, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(201);
    expect(answer.headers.connection).toBe('close');
    await closed;
    await expect(api.call('GET', '/healthz')).rejects.toThrow('ECONNREFUSED');
  });
});
