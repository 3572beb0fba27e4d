import { connect, createServer, type Socket } from 'node:net';

export interface Wire {
  /** The URL of what is behind, by way of the wire. */
  readonly url: string;
  /** Ends every connection and lets no new one in. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** A stretch of network to a server, which a test can cut: the far end is away while it runs on for everybody else. */
export async function startWire(to: string): Promise<Wire> {
  const target = new URL(to);
  const sockets = new Set<Socket>();
  const track = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  };
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    track(near, far);
    track(far, near);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const near = new URL(to);
  near.hostname = '127.0.0.1';
  near.port = String(port);
  return { url: near.href, cut, mend: () => listen(port), close: cut };
}
