import { createServer } from 'node:http';
import { createServer as createNetServer, type Server as NetServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createGuardedFetch, type FetchOutcome, type GuardedFetchOptions } from './guarded-fetch.ts';

const loopback = ['127.0.0.0/8', '::1'];
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(server: NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A host that counts who comes, and answers as told. */
async function canary(
  answer: Parameters<typeof createServer>[1] = (_request, response) => void response.end('ok'),
) {
  const seen: { host: string | undefined; body: string }[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      seen.push({ host: request.headers.host, body });
      (answer as (a: typeof request, b: typeof response) => void)(request, response);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  const port = await listening(server);
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return { port, seen, connections: () => connections };
}

function fetcher(options: GuardedFetchOptions = {}) {
  const fetch = createGuardedFetch(options);
  closing.push(fetch.close);
  return (url: string, more: { timeoutMs?: number } = {}): Promise<FetchOutcome> =>
    fetch.post({ url, headers: { 'content-type': 'application/json' }, body: '{}', ...more });
}

describe('a guarded call', () => {
  it('posts to an allowed network, keeps the host name and the connection', async () => {
    const host = await canary();
    const post = fetcher({ allowedNetworks: loopback, resolve: async () => ['127.0.0.1'] });
    for (let round = 0; round < 9; round += 1)
      expect(await post(`http://hooks.acme.test:${host.port}/in?x=1`)).toMatchObject({
        kind: 'answered',
        status: 200,
        body: 'ok',
        cut: false,
      });
    expect(host.seen[0]).toEqual({ host: `hooks.acme.test:${host.port}`, body: '{}' });
    // An answer is told a moment before its connection is free again.
    expect(host.connections()).toBeLessThan(3);
  });

  it('never reaches a private address, by name or by number', async () => {
    const host = await canary();
    const post = fetcher({ resolve: async () => ['127.0.0.1'] });
    for (const name of [
      'hooks.acme.test',
      '127.0.0.1',
      '[::1]',
      '2130706433',
      '0x7f.1',
      '[::ffff:127.0.0.1]',
      'localhost',
    ])
      for (const scheme of ['http', 'https'])
        expect(await post(`${scheme}://${name}:${host.port}/`)).toEqual({
          kind: 'refused',
          reason: 'address_refused',
        });
    expect(host.connections()).toBe(0);
  });

  it('calls plain http in allowed networks only', async () => {
    const post = fetcher({ allowedNetworks: loopback, resolve: async () => ['93.184.216.34'] });
    expect(await post('http://example.com/')).toEqual({ kind: 'refused', reason: 'plain_http_refused' });
  });

  it('connects to what was checked when the name resolves to something else a moment later', async () => {
    const host = await canary();
    let asked = 0;
    const post = fetcher({
      allowedNetworks: ['127.0.0.2/32'],
      resolve: async () => {
        asked += 1;
        return asked % 2 === 1 ? ['127.0.0.2'] : ['127.0.0.1'];
      },
    });
    const outcomes = [];
    for (let round = 0; round < 6; round += 1) outcomes.push(await post(`http://rebind.test:${host.port}/`));
    expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual([
      ...Array(3).fill('failed'),
      ...Array(3).fill('refused'),
    ]);
    expect(host.connections()).toBe(0);
  });

  it('uses the public address of a name that has a private one too', async () => {
    const host = await canary();
    const post = fetcher({
      allowedNetworks: ['127.0.0.1/32'],
      resolve: async () => ['127.0.0.9', '10.0.0.1', '127.0.0.1'],
    });
    expect(await post(`http://mixed.test:${host.port}/`)).toMatchObject({ kind: 'answered', status: 200 });
  });

  it('does not call when the name server fails: an unknown address is an unchecked one', async () => {
    const post = fetcher({
      allowedNetworks: loopback,
      resolve: () => Promise.reject(new Error('SERVFAIL')),
    });
    expect(await post('https://gone.test/')).toEqual({ kind: 'failed', reason: 'unresolved', sent: false });
    const empty = fetcher({ resolve: async () => [] });
    expect(await empty('https://gone.test/')).toEqual({ kind: 'failed', reason: 'unresolved', sent: false });
  });

  it('follows no redirect', async () => {
    const inside = await canary();
    const host = await canary((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${inside.port}/` }).end();
    });
    const post = fetcher({ allowedNetworks: loopback });
    expect(await post(`http://127.0.0.1:${host.port}/`)).toMatchObject({ kind: 'answered', status: 307 });
    expect(inside.connections()).toBe(0);
  });

  it.each([
    ['https://user:secret@example.com/', 'url_has_credentials'],
    ['https://user@example.com/', 'url_has_credentials'],
    ['ftp://example.com/', 'scheme_refused'],
    ['file:///etc/passwd', 'scheme_refused'],
    ['gopher://example.com:70/', 'scheme_refused'],
    ['https://example.com:22/', 'port_refused'],
    ['https://example.com:6379/', 'port_refused'],
    ['https://', 'url_invalid'],
    ['hooks', 'url_invalid'],
  ])('refuses %s', async (url, reason) => {
    expect(await fetcher()(url)).toEqual({ kind: 'refused', reason });
  });

  it('refuses an endless url', async () => {
    const url = `https://example.com/${'a'.repeat(3_000)}`;
    expect(await fetcher()(url)).toEqual({ kind: 'refused', reason: 'url_invalid' });
  });

  it('asks the checked address for the certificate of the host that was named', async () => {
    const asked: string[] = [];
    const server = createTlsServer({
      SNICallback: (name, done) => {
        asked.push(name);
        done(new Error('no certificate'));
      },
    });
    server.on('tlsClientError', () => undefined);
    const port = await listening(server);
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const post = fetcher({ allowedNetworks: loopback, resolve: async () => ['127.0.0.1'] });
    expect(await post(`https://hooks.acme.test:${port}/`)).toMatchObject({ kind: 'failed', sent: false });
    expect(asked).toEqual(['hooks.acme.test']);
  });

  it('gives up at its deadline, whether the host is silent before or within its answer', async () => {
    const silent = await canary(() => undefined);
    const slow = await canary((_request, response) => {
      response.write('{');
    });
    const post = fetcher({ allowedNetworks: loopback });
    for (const { port } of [silent, slow])
      expect(await post(`http://127.0.0.1:${port}/`, { timeoutMs: 150 })).toEqual({
        kind: 'failed',
        reason: 'timed_out',
        sent: true,
      });
    const lost = fetcher({ resolve: () => new Promise(() => undefined) });
    expect(await lost('https://slow-dns.test/', { timeoutMs: 100 })).toEqual({
      kind: 'failed',
      reason: 'timed_out',
      sent: false,
    });
  });

  it('reads no more than the limit', async () => {
    const endless = await canary((_request, response) => {
      response.on('error', () => undefined);
      const more = (): void =>
        void (response.destroyed || response.write('x'.repeat(16_384), () => setImmediate(more)));
      more();
    });
    const post = fetcher({ allowedNetworks: loopback, maxAnswerBytes: 1_000 });
    const outcome = await post(`http://127.0.0.1:${endless.port}/`);
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, cut: true });
    expect(outcome.kind === 'answered' && outcome.body.length).toBe(1_000);
  });

  it('tells nobody there from a host that hung up and one that speaks no HTTP', async () => {
    const rude = createNetServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.destroy());
    });
    const odd = createNetServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    });
    const ports = [await listening(rude), await listening(odd)];
    closing.push(
      () => new Promise((resolve) => rude.close(resolve)),
      () => new Promise((resolve) => odd.close(resolve)),
    );
    const post = fetcher({ allowedNetworks: loopback });
    expect(await post(`http://127.0.0.1:${ports[0]}/`)).toMatchObject({
      reason: 'connection_lost',
      sent: true,
    });
    expect(await post(`http://127.0.0.1:${ports[1]}/`)).toMatchObject({
      reason: 'unreadable_answer',
      sent: true,
    });
    expect(await post(`https://127.0.0.1:${ports[1]}/`)).toMatchObject({ kind: 'failed', sent: false });
    const gone = createNetServer();
    const port = await listening(gone);
    await new Promise((resolve) => gone.close(resolve));
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({ reason: 'connect_failed', sent: false });
  });
});
