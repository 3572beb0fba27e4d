import { createServer } from 'node:http';
import type { HealthReport, Metrics } from '@otp-relay/runtime';

/** Health and metrics for whoever runs this worker. No data of any tenant is behind it; it stays on a private address. */
export async function serveOps(
  address: { host: string; port: number },
  health: () => Promise<HealthReport>,
  metrics: Metrics,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    const report = async (): Promise<void> => {
      const { ok, checks } = await health();
      answer(ok ? 200 : 503, 'application/json', JSON.stringify({ ok, checks }));
    };
    if (request.url === '/healthz') answer(200, 'application/json', '{"ok":true}');
    else if (request.url === '/readyz') void report();
    else if (request.url === '/metrics')
      void metrics.text().then((text) => answer(200, metrics.contentType, text));
    else answer(404, 'text/plain', 'not found');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
