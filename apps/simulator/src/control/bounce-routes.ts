import type { FastifyInstance } from 'fastify';
import type { World } from '../world.ts';

/** The mails our mailboxes sent back, oldest first, with their full source. */
export function bounceRoutes(app: FastifyInstance, world: World): void {
  app.get('/_sim/bounces', (request) => {
    const { attempt } = request.query as { attempt?: string };
    const bounces = [...world.bounces.newestFirst()]
      .reverse()
      .filter((bounce) => attempt === undefined || bounce.attemptId === attempt)
      .map((bounce) => ({ ...bounce, at: new Date(bounce.at).toISOString() }));
    return { bounces };
  });
}
