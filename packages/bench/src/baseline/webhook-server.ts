import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Payload {
  readonly entry: readonly {
    readonly changes: readonly {
      readonly value: { readonly statuses?: readonly { readonly id: string; readonly status: string }[] };
    }[];
  }[];
}

/** The least a webhook can do: no signature, no database; a message is done when its name is in a set. */
export function runWebhookServer(): void {
  const delivered = new Set<string>();
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.end(JSON.stringify({ delivered: delivered.size }));
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const payload = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Payload;
      for (const { changes } of payload.entry)
        for (const { value } of changes)
          for (const { id, status } of value.statuses ?? []) if (status === 'delivered') delivered.add(id);
      response.end('{}');
    });
  });
  process.once('SIGTERM', () => process.exit(0));
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
  });
}
