import { request } from 'node:http';
import { isIP } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readConfig } from './config.ts';
import { startApi, type TestApi } from './testing/start-api.ts';

/** Calls from any address of this machine: all of 127.0.0.0/8 is. */
const callFrom = (api: TestApi, localAddress: string, forwarded: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const headers = { 'x-forwarded-for': forwarded, 'content-length': 2 };
    const url = `${api.url}/webhooks/meta-whatsapp/acme/wa`;
    const call = request(url, { method: 'POST', localAddress, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    call.on('error', reject);
    call.end('{}');
  });

/** Whom the API takes a forger for: what its log says of a refused webhook. */
async function fromOf(api: TestApi, remoteAddress: string, forwarded: string): Promise<string> {
  const before = api.logged().length;
  expect(await callFrom(api, remoteAddress, forwarded)).toBe(401);
  const line = api
    .logged()
    .slice(before)
    .split('\n')
    .find((text) => text.includes('webhook refused'));
  return (JSON.parse(line ?? '{}') as { from: string }).from;
}

const header = fc.oneof(
  fc
    .array(
      fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('127.0.0.1', '10.1.2.3', 'unknown', '', '"', '_x')),
      {
        maxLength: 5,
      },
    )
    .map((entries) => entries.join(', ')),
  fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)), maxLength: 40 }),
);

describe('X-Forwarded-For', () => {
  let direct: TestApi;
  let behind: TestApi;
  beforeAll(async () => {
    direct = await startApi();
    behind = await startApi({ OTP_TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1' });
  }, 90_000);
  afterAll(() => Promise.all([direct, behind].map((api) => api.stop())));

  it('says nothing where no proxy is trusted, whatever 400 headers claim', () =>
    fc.assert(
      fc.asyncProperty(header, async (forwarded) => {
        expect(await fromOf(direct, '127.0.0.7', forwarded)).toBe('127.0.0.7');
      }),
      { numRuns: 400 },
    ));

  it('is believed of trusted proxies, from the right end; its left end never, whatever 600 headers claim', () =>
    fc.assert(
      fc.asyncProperty(header, fc.ipV4(), async (forged, stranger) => {
        fc.pre(!/^(?:10|127)\./.test(stranger));
        const claimed = forged === '' ? '' : `${forged}, `;
        expect(await fromOf(behind, '127.0.0.1', `${claimed}${stranger}`)).toBe(stranger);
        expect(await fromOf(behind, '127.0.0.1', `${claimed}${stranger}, 10.9.9.9`)).toBe(stranger);
        expect(await fromOf(behind, '127.0.0.7', `${claimed}203.0.113.1`)).toBe('127.0.0.7');
      }),
      { numRuns: 200 },
    ));

  it('gives an address or nothing', async () => {
    expect(isIP(await fromOf(behind, '127.0.0.1', '203.0.113.9'))).toBe(4);
  });

  it.each(['0.0.0.0/0', '::/0', '10.0.0.0/8, 128.0.0.0/1', '2', 'loopback', '*'])(
    'cannot be believed of everybody, nor by counting: %j is refused',
    (proxies) =>
      expect(() => readConfig({ NODE_ENV: 'test', OTP_TRUSTED_PROXIES: proxies })).toThrow(
        'OTP_TRUSTED_PROXIES',
      ),
  );
});
