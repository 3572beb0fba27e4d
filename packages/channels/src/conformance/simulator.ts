import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { WebhookRequest } from '../provider.ts';

/** The simulator as its own process: a stranger that knows the providers' wire formats and none of our code. */
export interface SimulatorProcess {
  readonly httpPort: number;
  readonly smtpPort: number;
  control(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

const program = new URL('../../../../apps/simulator/dist/main.js', import.meta.url).pathname;

export async function startSimulator(): Promise<SimulatorProcess> {
  const env = { PATH: process.env.PATH, PORT: '0', SMTP_PORT: '0', HOST: '127.0.0.1' };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the simulator (${program}) ended with ${code}`);
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), gone]);
  gone.catch(() => undefined);
  const { http, smtp } = JSON.parse(line);
  return {
    httpPort: portIn(http),
    smtpPort: portIn(smtp),
    async control(method, path, body) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`http://127.0.0.1:${portIn(http)}${path}`, {
        method,
        ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    async stop() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}

/** A port, or the port in a URL. */
const portIn = (address: unknown): number => Number(/(\d+)\/?$/.exec(String(address))?.[1]);

/** An HTTP server that hands every call over as the API would, and answers 200. */
export async function startWebhook(onCall: (request: WebhookRequest) => void) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = `http://${request.headers.host}${request.url}`;
    onCall({
      method: request.method ?? '',
      url,
      headers: request.headers,
      query: Object.fromEntries(new URL(url).searchParams),
      rawBody: Buffer.concat(chunks),
    });
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Resolves when the condition holds; rejects with `describe()` after `withinMs`. Checked after every event. */
export class Until {
  readonly #checks = new Set<() => void>();

  happened(): void {
    for (const check of this.#checks) check();
  }

  holds(condition: () => boolean, describe: () => string, withinMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#checks.delete(check);
        reject(new Error(`not within ${withinMs} ms: ${describe()}`));
      }, withinMs);
      const check = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
  }
}
