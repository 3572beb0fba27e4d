import type { FastifyInstance } from 'fastify';
import type { World } from '../world.ts';
import { Reporter } from './reporter.ts';
import { type SendRequest, send } from './send.ts';

/** The part of graph.facebook.com that sending a one-time code needs. */
export function metaRoutes(app: FastifyInstance, world: World): void {
  const reporter = new Reporter(world);
  app.post('/:version/:phoneNumberId/messages', (request, reply) =>
    send(world, reporter, request as SendRequest, reply),
  );
}
