import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { type Message, showMessage } from '../phone/message.ts';
import type { World } from '../world.ts';

/** Changes are gathered this long, so that a flood costs one event and not thousands. */
const gatherMs = 100;
/** A page cannot show more than this per event anyway. */
const mostPerEvent = 200;
const heartbeatMs = 15_000;

/** `GET /_sim/messages/stream`: server-sent events, each an array of new or changed messages. */
export function streamRoute(app: FastifyInstance, world: World): void {
  const open = new Set<() => void>();
  app.get('/_sim/messages/stream', (request, reply) => {
    reply.hijack();
    const to = (request.query as { to?: string }).to;
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    reply.raw.write('retry: 1000\n\n');
    const stop = follow(world, reply.raw, to);
    open.add(stop);
    reply.raw.once('close', () => {
      stop();
      open.delete(stop);
    });
  });
  app.addHook('onClose', async () => {
    for (const stop of open) {
      stop();
    }
  });
}

function follow(world: World, response: ServerResponse, to: string | undefined): () => void {
  const changed = new Set<Message>();
  let gathering: NodeJS.Timeout | undefined;
  const flush = () => {
    gathering = undefined;
    const newest = [...changed].slice(-mostPerEvent).map(showMessage);
    changed.clear();
    response.write(`data: ${JSON.stringify(newest)}\n\n`);
  };
  const unwatch = world.messages.watch((message) => {
    if (to === undefined || message.to === to) {
      // Re-adding moves it to the end, so the slice keeps the latest.
      changed.delete(message);
      changed.add(message);
      gathering ??= setTimeout(flush, gatherMs);
    }
  });
  const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
  return () => {
    unwatch();
    clearTimeout(gathering);
    clearInterval(heartbeat);
    response.end();
  };
}
