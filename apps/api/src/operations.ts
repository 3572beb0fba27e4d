import type * as docs from './docs/operations.ts';
import type { Handle } from './route.ts';

/** The public keys callers seal their own codes with; they change when OTP_KEYS does. */
export const jwks: Handle<typeof docs.jwks> = async (_call, reply, { engine }) => {
  reply.header('cache-control', 'public, max-age=300');
  return engine.publicJwks();
};

/** The process runs; nothing else is asked. */
export const live: Handle<typeof docs.healthz> = async () => ({ ok: true });

/** Whether this process should get traffic, and why not. */
export const ready: Handle<typeof docs.readyz> = async (_call, reply, { health }) => {
  const report = await health();
  // Without the queue a request is still accepted and sent late: worth a line here, not an outage.
  const ok = report.checks.every((check) => check.ok || check.name === 'queue');
  return reply.code(ok ? 200 : 503).send({ ok, checks: report.checks });
};

/** Prometheus' text of everything counted in this process. */
export const metricsText: Handle<typeof docs.metrics> = async (_call, reply, { metrics }) =>
  reply.type(metrics.contentType).send(await metrics.text());

/** This API as OpenAPI 3.1. */
export const openApi: Handle<typeof docs.openApi> = async (call) => call.server.swagger();

/** Where everything is. */
export const landing: Handle<typeof docs.landing> = async (_call, _reply, { settings }) => ({
  name: 'OTP Relay',
  links: {
    api: '/openapi.json',
    keys: '/.well-known/jwks.json',
    evidenceKeys: '/.well-known/evidence-keys.json',
    health: '/healthz',
    readiness: '/readyz',
    ...(settings.OTP_BOARD_PASSWORD !== undefined && { board: '/board' }),
  },
});
