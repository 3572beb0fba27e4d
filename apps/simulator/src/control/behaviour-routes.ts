import type { FastifyInstance } from 'fastify';
import { behaviourMarkdown, behaviourTables } from '../behaviour/docs.ts';

/** The tables of magic numbers: JSON, or Markdown for readers. */
export function behaviourRoutes(app: FastifyInstance): void {
  app.get('/_sim/behaviours', () => behaviourTables());
  app.get('/_sim/behaviours.md', (_request, reply) =>
    reply.type('text/markdown; charset=utf-8').send(behaviourMarkdown()),
  );
}
