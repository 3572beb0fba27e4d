import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { waitFor } from './wait-for.ts';

describe('openTcpProxy', () => {
  const echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  let proxy: TcpProxy;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    if (!echo.listening) await once(echo.listen(0, '127.0.0.1'), 'listening');
    proxy = await openTcpProxy((echo.address() as AddressInfo).port);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await proxy.close();
    await new Promise((resolve) => echo.close(resolve));
  });
  const open = async () => {
    const socket = dial(proxy.port, '127.0.0.1');
    sockets.push(socket);
    const seen = { text: '', closed: false };
    socket.on('data', (chunk) => {
      seen.text += String(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      seen.closed = true;
    });
    await once(socket, 'connect');
    return { socket, seen };
  };
  const answer = (one: Awaited<ReturnType<typeof open>>, text: string) =>
    waitFor(`the echo of ${text}`, () => one.seen.text === text);

  it('passes bytes on, later when the weather is slow', async () => {
    const one = await open();
    one.socket.write('a');
    await answer(one, 'a');
    proxy.set({ kind: 'slow', latencyMs: 60 });
    const startedAt = performance.now();
    one.socket.write('b');
    await answer(one, 'ab');
    expect(performance.now() - startedAt).toBeGreaterThan(100);
  });

  it('resets what is connected and whoever comes', async () => {
    const one = await open();
    proxy.set({ kind: 'reset' });
    await waitFor('the reset', () => one.seen.closed);
    const other = dial(proxy.port, '127.0.0.1');
    sockets.push(other);
    const [fault] = await once(other, 'error');
    expect(fault).toMatchObject({ code: 'ECONNRESET' });
  });

  it('carries nothing while frozen, and everything afterwards', async () => {
    const one = await open();
    one.socket.write('a');
    await answer(one, 'a');
    proxy.set({ kind: 'freeze' });
    one.socket.write('b');
    const other = await open();
    other.socket.write('c');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([one.seen, other.seen]).toEqual([
      { text: 'a', closed: false },
      { text: '', closed: false },
    ]);
    proxy.set({ kind: 'pass' });
    await answer(one, 'ab');
    await answer(other, 'c');
  });

  it('never tells a half-open connection that it is dead; new ones work when it is over', async () => {
    const one = await open();
    one.socket.write('a');
    await answer(one, 'a');
    proxy.set({ kind: 'half-open' });
    one.socket.write('b');
    const during = await open();
    during.socket.write('c');
    proxy.set({ kind: 'pass' });
    const after = await open();
    after.socket.write('d');
    await answer(after, 'd');
    expect([one.seen, during.seen]).toEqual([
      { text: 'a', closed: false },
      { text: '', closed: false },
    ]);
  });
});
