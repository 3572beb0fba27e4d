import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

/**
 * What the network does between a client and a server:
 * - `pass`: nothing;
 * - `slow`: every chunk arrives `latencyMs` later, each way;
 * - `reset`: connections are reset, new ones at once;
 * - `freeze`: connections stay up and carry nothing; what was sent meanwhile arrives when it is over;
 * - `half-open`: the server's side is gone and the client is never told, not even when it is over.
 */
export type Weather =
  | { readonly kind: 'pass' | 'reset' | 'freeze' | 'half-open' }
  | { readonly kind: 'slow'; readonly latencyMs: number };

/** A TCP proxy on 127.0.0.1 with weather. */
export interface TcpProxy {
  readonly port: number;
  set(weather: Weather): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket | undefined;
  deaf: boolean;
}

/** Opens a proxy in front of `targetPort`, on a free port. */
export async function openTcpProxy(targetPort: number): Promise<TcpProxy> {
  let weather: Weather = { kind: 'pass' };
  const pairs = new Set<Pair>();

  const accept = (client: Socket): void => {
    client.on('error', () => undefined);
    client.setNoDelay(true);
    if (weather.kind === 'reset') return void client.resetAndDestroy();
    const deaf = weather.kind === 'half-open';
    const server = deaf ? undefined : dial(targetPort, '127.0.0.1');
    const pair: Pair = { client, server, deaf };
    pairs.add(pair);
    client.on('close', () => {
      pairs.delete(pair);
      server?.destroy();
    });
    if (!server) return void client.resume();
    server.setNoDelay(true);
    server.on('error', () => client.destroy());
    server.on('close', () => {
      if (!pair.deaf) client.destroy();
    });
    carry(client, server, pair);
    carry(server, client, pair);
    if (weather.kind === 'freeze') hold(pair, true);
  };

  /** Bytes keep their order whatever the latency was when each chunk came. */
  const carry = (from: Socket, to: Socket, pair: Pair): void => {
    let freeAt = 0;
    from.on('data', (chunk: Buffer) => {
      if (pair.deaf) return;
      const now = performance.now();
      freeAt = Math.max(freeAt, now + (weather.kind === 'slow' ? weather.latencyMs : 0));
      if (freeAt <= now) to.write(chunk);
      else setTimeout(() => !to.destroyed && to.write(chunk), freeAt - now);
    });
  };

  const server = createServer(accept).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      weather = next;
      for (const pair of pairs) {
        hold(pair, next.kind === 'freeze');
        if (next.kind === 'reset') pair.client.resetAndDestroy();
        if (next.kind === 'half-open') {
          pair.deaf = true;
          pair.server?.destroy();
        }
      }
    },
    async close() {
      for (const { client } of pairs) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function hold({ client, server }: Pair, still: boolean): void {
  for (const socket of [client, server]) still ? socket?.pause() : socket?.resume();
}
