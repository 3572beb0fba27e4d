import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Behaviour, Double } from './rig.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call as it came over the wire. */
export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface HttpDouble extends Double {
  /** Every call so far, oldest first. */
  readonly calls: readonly Call[];
  /** Answers for the next calls, before the behaviour counts again. */
  script(...answers: readonly Answer[]): void;
}

/** An HTTP server that answers the way a provider does on a good and on a bad day. */
export async function startHttpDouble(usual: { accept: Answer; refuse: Answer }): Promise<HttpDouble> {
  let behaviour: Behaviour = 'accept';
  const script: Answer[] = [];
  const calls: Call[] = [];
  const events = new EventEmitter();

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    calls.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
    events.emit('taken');
    const scripted = script.shift();
    if (scripted === undefined && behaviour === 'hang') return;
    if (scripted === undefined && behaviour === 'drop') return void request.socket.destroy();
    const garbage: Answer = { status: 200, body: '<html>it works!</html>' };
    const answer = scripted ?? (behaviour === 'garbage' ? garbage : usual[behaviour as 'accept' | 'refuse']);
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as AddressInfo).port,
    calls,
    behave: (next) => {
      behaviour = next;
    },
    taken: async () => void (await once(events, 'taken')),
    script: (...answers) => {
      script.push(...answers);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
