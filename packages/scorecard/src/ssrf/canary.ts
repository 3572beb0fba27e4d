import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { freePort } from '@otp-relay/testkit';

/** A service inside: it must never be connected to. */
export interface Canary {
  readonly port: number;
  /** Where it listens: every address of this machine but the one that plays the internet. */
  readonly addresses: readonly string[];
  /** Connections so far. */
  readonly hits: () => number;
  close(): Promise<void>;
}

/** An address of this machine that a test may allow, so that something can be reached at all. */
export const outside = '127.0.0.2';

/** Listens on one port of every address this machine has. */
export async function startCanary(): Promise<Canary> {
  const port = await freePort();
  let hits = 0;
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    // A link-local address needs its zone to be listened at; the corpus has others of its kind.
    addresses.flatMap(({ address }) => (address.startsWith('fe80') ? [] : [address])),
  );
  const wanted = [...new Set(['127.0.0.1', '::1', ...own])].filter((address) => address !== outside);
  const servers: Server[] = [];
  const addresses: string[] = [];
  for (const address of wanted) {
    const server = createServer((socket) => {
      hits += 1;
      socket.on('error', () => undefined);
      socket.destroy();
    });
    const listens = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen({ port, host: address, ipv6Only: true }, () => resolve(true));
    });
    if (!listens) continue;
    servers.push(server);
    addresses.push(address);
  }
  return {
    port,
    addresses,
    hits: () => hits,
    close: async () => {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
