import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { World } from '../world.ts';
import { CallsQuery } from './query.ts';

const count = z.coerce.number().int().min(0);

const RepeatedQuery = z.strictObject({ calls: count.default(2), created: count.default(0) });

/** Every provider call that came in, refused ones included. */
export function callsRoutes(app: FastifyInstance, world: World): void {
  app.get('/_sim/calls', (request) => {
    const found = world.calls.find(CallsQuery.parse(request.query));
    const attemptIds = new Set(found.flatMap((call) => call.attemptId ?? []));
    return {
      calls: found.map((call) => ({ ...call, at: new Date(call.at).toISOString() })),
      total: world.calls.total,
      perAttempt: Object.fromEntries([...attemptIds].map((id) => [id, world.calls.tallyOf(id)])),
    };
  });

  /** Over all remembered calls: attempts called `calls` times or more, and with `created` messages or more. */
  app.get('/_sim/calls/repeated', (request) => ({
    attempts: world.calls.attempts,
    total: world.calls.total,
    repeated: world.calls.repeated(RepeatedQuery.parse(request.query)),
  }));
}
