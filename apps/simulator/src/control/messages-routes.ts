import type { FastifyInstance } from 'fastify';
import { type Message, showMessage } from '../phone/message.ts';
import { matches } from '../phone/messages.ts';
import type { World } from '../world.ts';
import { MessagesQuery } from './query.ts';

/** What was taken on and what is on the phones. */
export function messagesRoutes(app: FastifyInstance, world: World): void {
  app.get('/_sim/messages', async (request) => {
    const query = MessagesQuery.parse(request.query);
    if (query.waitMs > 0) {
      await untilFound(world, query);
    }
    const found = world.messages.find(query);
    return { messages: found.map(showMessage), total: world.messages.size };
  });

  app.get('/_sim/messages/:id', (request, reply) => {
    const message = world.messages.byId((request.params as { id: string }).id);
    return message ? showMessage(message) : reply.code(404).send({ error: 'no such message' });
  });
}

/** Resolves when `count` messages match, or after `waitMs`. */
function untilFound(
  world: World,
  query: Parameters<typeof matches>[1] & { count: number; waitMs: number },
): Promise<void> {
  return new Promise((resolve) => {
    const enough = () => world.messages.find({ ...query, limit: query.count }).length >= query.count;
    if (enough()) {
      resolve();
      return;
    }
    const stop = () => {
      clearTimeout(timer);
      unwatch();
      resolve();
    };
    const unwatch = world.messages.watch((message: Message) => {
      if (matches(message, query) && enough()) {
        stop();
      }
    });
    const timer = setTimeout(stop, query.waitMs);
  });
}
