import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import { eventsQueue, firstQueue, intakeQueue, timeoutsQueue } from '@otp-relay/queue';
import { maskText } from '@otp-relay/runtime';
import type { FastifyInstance } from 'fastify';
import { refuse, sameText } from '../access.ts';
import type { ApiPorts } from '../ports.ts';
import { mayWrite } from './may-write.ts';
import { SafeAdapter } from './safe-adapter.ts';

const path = '/board';

const descriptions: Readonly<Record<string, string>> = {
  [intakeQueue]: 'Requests of other services.',
  [firstQueue]: 'Attempts of tenants who hardly wait, while others have a line.',
  [timeoutsQueue]: 'Deadlines. Promote one to try the next channel now.',
  [eventsQueue]: 'Webhooks to tenants.',
};

/** Its pages style themselves inline; nothing is fetched from anywhere else. */
const policy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(';');

/** The one thing the pages would fetch from elsewhere: a typeface. The policy would block it and the console complain. */
const foreignStyles = /<link\b[^>]*href="https:[^>]*>/g;

/** Mounts Bull Board at `/board` behind basic authentication; read-only unless OTP_BOARD_WRITABLE. */
export async function mountBoard(
  app: FastifyInstance,
  { settings, producer }: Pick<ApiPorts, 'settings' | 'producer'>,
  password: string,
): Promise<void> {
  const readOnlyMode = !settings.OTP_BOARD_WRITABLE;
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(path);
  createBullBoard({
    queues: producer.queues().map(
      (queue) =>
        new SafeAdapter(queue, {
          readOnlyMode,
          description: descriptions[queue.name] ?? 'Attempts to send.',
        }),
    ),
    serverAdapter,
    options: {
      uiConfig: { boardTitle: 'OTP Relay', hideDocsLink: true },
      handlerHooks: {
        before: mayWrite,
        // The one answer that names a job by the id it really has.
        after: ({ route, request }, result) =>
          route.endsWith('/flow')
            ? { status: 200, body: { nodeId: request.params.jobId, flowRoot: null, isFlowNode: false } }
            : result,
      },
    },
  });

  const expected = `Basic ${Buffer.from(`${settings.OTP_BOARD_USER}:${password}`).toString('base64')}`;
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('content-security-policy', policy).header('cache-control', 'no-store');
      if (!sameText(request.headers.authorization ?? '', expected))
        return refuse(reply, 'Basic realm="otp-relay board", charset="UTF-8"');
    });
    // Whatever the adapters let through, and what a thrown error says, passes here as well.
    scope.addHook('onSend', async (_request, reply, payload) => {
      if (typeof payload !== 'string') return payload;
      const type = String(reply.getHeader('content-type'));
      if (type.includes('json')) return maskText(payload);
      return type.includes('html') ? payload.replace(foreignStyles, '') : payload;
    });
    await scope.register(serverAdapter.registerPlugin(), { prefix: path });
  });
}
