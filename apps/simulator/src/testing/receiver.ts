import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
};

/** A real HTTP server that keeps what it gets; `answer` decides the reply. */
export type Receiver = {
  readonly url: string;
  readonly received: Received[];
  answer: (request: Received, index: number) => { status: number; body?: string };
  /** Resolves once `test` holds; rejects with what did arrive when that takes too long. */
  readonly until: (test: (received: readonly Received[]) => boolean, waitMs?: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const checks = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString('utf8'), at: Date.now() };
      received.push(one);
      const { status, body = '' } = receiver.answer(one, received.length - 1);
      response.writeHead(status).end(body);
      for (const check of checks) {
        check();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: () => ({ status: 200 }),
    until: (test, waitMs = 5_000) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer);
          checks.delete(check);
        };
        const check = () => {
          if (test(received)) {
            stop();
            resolve();
          }
        };
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`not received in time; got ${JSON.stringify(received.map((one) => one.body))}`));
        }, waitMs);
        checks.add(check);
        check();
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}
