import type { FastifyInstance } from 'fastify';
import type { World } from '../world.ts';
import { metaError } from './errors.ts';
import { Reporter } from './reporter.ts';
import { type SendRequest, send } from './send.ts';
import { templateRoutes } from './template-routes.ts';

/** Everything else at the root is not Meta's. */
const version = '/:version(^v\\d+\\.\\d+$)';

/** The part of graph.facebook.com that sending a one-time code needs. */
export function metaRoutes(app: FastifyInstance, world: World): void {
  const reporter = new Reporter(world);
  app.setErrorHandler((fault, _request, reply) => {
    const { message, statusCode = 500 } = fault as Error & { statusCode?: number };
    if (statusCode >= 500) {
      world.log.error({ err: fault }, 'request failed');
    }
    const { status, body } = statusCode < 500 ? metaError(100, message) : metaError(131000);
    return reply.code(status).send(body);
  });
  app.addHook('onSend', async (request, reply) => {
    const version = (request.params as { version?: string } | undefined)?.version;
    if (version !== undefined) {
      reply.header('facebook-api-version', version);
    }
  });
  app.post(`${version}/:phoneNumberId/messages`, (request, reply) =>
    send(world, reporter, request as SendRequest, reply),
  );
  templateRoutes(app, world, version);
}
