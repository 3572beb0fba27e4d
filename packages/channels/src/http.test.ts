import { once } from 'node:events';
import { type AddressInfo, createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Http, type HttpCall, openHttp, retryAfterMsOf } from './http.ts';

/** What a test left open; closed in order. */
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A TCP server that says what it is told, `sockets` in order of connection. */
async function listen(onConnection: (socket: Socket) => void): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server: Server = createPlainServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        for (const socket of sockets) socket.destroy();
      }),
  );
  return { port: (server.address() as AddressInfo).port, sockets };
}

const client = (timeoutMs = 1_000): Http => {
  const http = openHttp({ timeoutMs });
  open.unshift(() => http.close());
  return http;
};
const to = (port: number, more: Partial<HttpCall> = {}): HttpCall => ({
  method: 'POST',
  url: `http://127.0.0.1:${port}/v1/x?y=1`,
  headers: { 'content-type': 'text/plain' },
  body: 'hello',
  ...more,
});
const answer = (body: string, head = 'HTTP/1.1 200 OK') =>
  `${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('http', () => {
  it('answers in full, whatever the status, and follows no redirect', async () => {
    const { port } = await listen((socket) =>
      socket.on('data', () => socket.write(answer('gone', 'HTTP/1.1 302 Found\r\nLocation: /y'))),
    );
    expect(await client().call(to(port))).toMatchObject({
      kind: 'answered',
      status: 302,
      body: 'gone',
      headers: { location: '/y' },
    });
  });

  it('keeps connections for later calls', async () => {
    const { port, sockets } = await listen((socket) => socket.on('data', () => socket.write(answer('ok'))));
    const http = client();
    for (let n = 0; n < 9; n++) await http.call(to(port));
    // Two, because a call right after the last one finds its connection not quite free.
    expect(sockets.length).toBeLessThanOrEqual(2);
  });

  it('opens a new connection when the kept one was closed meanwhile', async () => {
    const { port, sockets } = await listen((socket) => socket.on('data', () => socket.write(answer('ok'))));
    const http = client();
    await http.call(to(port));
    sockets[0]!.end();
    await once(sockets[0]!, 'close');
    expect(await http.call(to(port))).toMatchObject({ kind: 'answered' });
    expect(sockets).toHaveLength(2);
  });

  it.each([
    ['a refused connection', 'http://127.0.0.1:1/', 'ECONNREFUSED'],
    ['an unknown scheme behind TLS', 'TLS', 'ERR_SSL_WRONG_VERSION_NUMBER'],
  ])('knows that %s sent nothing', async (_name, url, code) => {
    const { port } = await listen((socket) => socket.once('data', () => socket.end('plain text\r\n')));
    const target = url === 'TLS' ? `https://127.0.0.1:${port}/` : url;
    const outcome = await client(2_000).call(to(port, { url: target }));
    expect(outcome).toMatchObject({
      kind: 'not_sent',
      failure: { kind: 'connect_failed', scope: 'platform' },
    });
    if (outcome.kind === 'not_sent') expect(outcome.failure.code).toBe(code);
  });

  it('knows that a TLS handshake without an end sent nothing', async () => {
    const { port } = await listen(() => undefined);
    const outcome = await client().call(to(port, { url: `https://127.0.0.1:${port}/` }));
    expect(outcome).toEqual({
      kind: 'not_sent',
      failure: { kind: 'connect_failed', scope: 'platform', code: 'TIMEOUT' },
    });
  });

  it('knows that a call given up before it began sent nothing', async () => {
    const { port, sockets } = await listen(() => undefined);
    const signal = AbortSignal.abort();
    expect(await client().call(to(port, { signal }))).toMatchObject({ kind: 'not_sent' });
    expect(sockets).toHaveLength(0);
  });

  it.each([
    ['silence', '', 'provider_timeout'],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le', 'provider_timeout'],
    ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf', 'provider_timeout'],
    ['no HTTP', 'what do you want?\r\n\r\n', 'unreadable_answer'],
    ['a huge body', answer('x'.repeat(300_000)), 'unreadable_answer'],
  ])('is uncertain after %s', async (_name, reply, kind) => {
    const { port } = await listen((socket) => socket.once('data', () => socket.write(reply)));
    expect(await client().call(to(port))).toMatchObject({ kind: 'uncertain', failure: { kind } });
  });

  it.each([
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
    ['closed', (socket: Socket) => socket.end()],
  ])('is uncertain when the connection is %s after the request', async (_name, end) => {
    const { port } = await listen((socket) => socket.once('data', () => end(socket)));
    expect(await client().call(to(port))).toMatchObject({
      kind: 'uncertain',
      failure: { kind: 'connection_lost' },
    });
  });

  it('is uncertain when given up while waiting for the answer', async () => {
    const controller = new AbortController();
    const { port } = await listen((socket) => socket.once('data', () => controller.abort()));
    expect(await client().call(to(port, { signal: controller.signal }))).toMatchObject({ kind: 'uncertain' });
  });
});

describe('retryAfterMsOf', () => {
  it.each([
    ['2', 2_000],
    ['Thu, 01 Jan 1970 00:00:05 GMT', 4_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %j', (value, expected) => {
    const headers = { 'retry-after': value };
    expect(retryAfterMsOf({ kind: 'answered', status: 429, headers, body: '' }, 1_000)).toBe(expected);
  });
});
