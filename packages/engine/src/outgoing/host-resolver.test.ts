import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createGuardedFetch } from './guarded-fetch.ts';
import { createResolver, type HostResolver, type ResolveHost } from './host-resolver.ts';
import { startNameServer } from './testing/name-server.ts';

describe('the address of a host', () => {
  let server: Awaited<ReturnType<typeof startNameServer>>;
  let resolver: HostResolver;
  let resolve: ResolveHost;
  beforeAll(async () => {
    server = await startNameServer({
      'both.test': { four: ['93.184.216.34', '93.184.216.35'], six: ['2606:4700:0:0:0:0:0:1111'] },
      'four.test': { four: ['93.184.216.34'] },
      'six.test': { six: ['2606:4700:0:0:0:0:0:1111'] },
      'inner.test': { four: ['169.254.169.254'], six: ['0:0:0:0:0:ffff:7f00:1'] },
      'empty.test': {},
    });
    resolver = createResolver([server.address]);
    ({ resolve } = resolver);
  });
  afterAll(async () => {
    resolver.close();
    await server.close();
  });

  it('is every A and AAAA record', async () => {
    expect([...(await resolve('both.test'))].sort()).toEqual([
      '2606:4700::1111',
      '93.184.216.34',
      '93.184.216.35',
    ]);
    expect(await resolve('four.test')).toEqual(['93.184.216.34']);
    expect(await resolve('six.test')).toEqual(['2606:4700::1111']);
  });

  it('is none when the name server has none, or knows no such name', async () => {
    expect(await resolve('empty.test')).toEqual([]);
    expect(await resolve('nobody.test')).toEqual([]);
  });

  it('is this machine for localhost, whatever name servers say', async () => {
    for (const name of ['localhost', 'LOCALHOST.', 'hooks.localhost'])
      expect(await resolve(name)).toEqual(['127.0.0.1', '::1']);
    expect(await resolve('notlocalhost')).toEqual([]);
  });

  it('is refused when it leads inside, and waited for no longer than the call may take', async () => {
    const fetch = createGuardedFetch({ resolve });
    const post = (url: string) => fetch.post({ url, headers: {}, body: '{}', timeoutMs: 300 });
    expect(await post('https://inner.test/')).toEqual({ kind: 'refused', reason: 'address_refused' });
    expect(await post('https://empty.test/')).toEqual({ kind: 'failed', reason: 'unresolved', sent: false });
    expect(await post('https://silent.test/')).toEqual({ kind: 'failed', reason: 'timed_out', sent: false });
    await fetch.close();
  });
});
