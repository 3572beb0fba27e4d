import helmet from '@fastify/helmet';
import {
  type FastifyInstance,
  type FastifySchema,
  type FastifySchemaCompiler,
  fastify,
  type HTTPMethods,
  LogController,
} from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { createGuards } from './access.ts';
import { mountBoard } from './board/board.ts';
import { malformed } from './client-error.ts';
import { errorHandler, validatorCompiler } from './error-handler.ts';
import { notFound } from './not-found.ts';
import { describeApi } from './openapi.ts';
import type { ApiPorts } from './ports.ts';
import { requestIdOf } from './request-id.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';

const jsonLimit = 64 * 1024;
/** Meta sends up to 3 MB (Graph API, webhooks). */
const rawLimit = 3 * 1024 * 1024;

/** The HTTP server with every route mounted, not yet listening. It opens nothing that its `close` does not close. */
export async function buildServer(ports: ApiPorts): Promise<FastifyInstance> {
  const { settings, log } = ports;
  const app = fastify({
    loggerInstance: log.child({ part: 'http' }, { level: log.isLevelEnabled('warn') ? 'warn' : log.level }),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    // By address alone: a count of hops would believe whoever calls directly.
    trustProxy: settings.OTP_TRUSTED_PROXIES ? [...settings.OTP_TRUSTED_PROXIES] : false,
    bodyLimit: jsonLimit,
    requestTimeout: 30_000,
    // Longer than the idle timeout of the usual load balancers (60 s): the one behind must not hang up first.
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    clientErrorHandler: malformed,
    frameworkErrors: errorHandler,
  }) as unknown as FastifyInstance;
  app.server.maxConnections = settings.OTP_MAX_CONNECTIONS;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(errorHandler);
  app.setNotFoundHandler(notFound(routes));
  app.decorateRequest('caller', null);
  app.decorateRequest('admin', null);
  hangUpWhenClosing(app);
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  recordAnswers(app, ports);

  await app.register(helmet);
  await describeApi(app, settings.OTP_PUBLIC_URL);
  await mountRoutes(app, ports);
  if (settings.OTP_BOARD_PASSWORD !== undefined) await mountBoard(app, ports, settings.OTP_BOARD_PASSWORD);
  await app.ready();
  return app;
}

/** A client that keeps its connection would otherwise hold up the end by its own idle timeout. */
function hangUpWhenClosing(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}

/** What is known of an answer is its route's pattern, never its URL: that can hold anything. */
function recordAnswers(app: FastifyInstance, { log, metrics }: Pick<ApiPorts, 'log' | 'metrics'>): void {
  const seconds = metrics.histogram({
    name: 'otp_http_seconds',
    help: 'How long an HTTP answer took.',
    labels: { route: routes.map(({ url }) => url), status: ['2xx', '3xx', '4xx', '5xx'] },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  });
  app.addHook('onResponse', async (request, { statusCode: status, elapsedTime }) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe({ route, status: `${Math.floor(status / 100)}xx` }, elapsedTime / 1_000);
    const by = request.caller && { tenant: request.caller.tenantId, key: request.caller.keyId };
    const ms = Math.round(elapsedTime);
    log.debug({ requestId: request.id, method: request.method, route, status, ms, ...by }, 'answered');
  });
}

async function mountRoutes(app: FastifyInstance, ports: ApiPorts): Promise<void> {
  const guards = createGuards(ports);
  const mount = (scope: FastifyInstance, route: Route): void => {
    scope.route({
      method: route.method as HTTPMethods | HTTPMethods[],
      url: route.url,
      schema: route.schema,
      ...(route.access !== 'public' && { onRequest: guards[route.access] }),
      ...(route.body === 'raw' && { bodyLimit: rawLimit }),
      // The engine parses the body, once: its schema stands in the table for the reference pages.
      ...(route.body === 'json' && route.schema.body !== undefined && { validatorCompiler: uncheckedBody }),
      handler: (request, reply) => route.handle(request, reply, ports),
    });
  };
  await app.register(async (scope) => {
    scope.removeContentTypeParser('text/plain');
    for (const route of routes) if (route.body !== 'raw') mount(scope, route);
  });
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
    for (const route of routes) if (route.body === 'raw') mount(scope, route);
  });
}

const uncheckedBody: FastifySchemaCompiler<FastifySchema> = (route) =>
  route.httpPart === 'body'
    ? (value: unknown) => ({ value })
    : validatorCompiler(route as Parameters<typeof validatorCompiler>[0]);
