import formbody from '@fastify/formbody';
import type { Logger } from '@otp-relay/runtime';
import fastify, { type FastifyInstance } from 'fastify';
import { ZodError, z } from 'zod';
import type { Config } from './config.ts';
import { controlRoutes } from './control/routes.ts';
import { inboxPage } from './inbox/page.ts';
import { metaRoutes } from './meta/routes.ts';
import { startSmtp } from './smtp/server.ts';
import { twilioRoutes } from './twilio/routes.ts';
import { createWorld, type World } from './world.ts';

export type Simulator = {
  /** Base URL of Meta, Twilio, the control API and the inbox page. */
  readonly http: string;
  readonly smtp: number;
  readonly close: () => Promise<void>;
};

/** Meta's documented limit for payloads is 3 MB; requests stay far below. */
const bodyLimit = 3 * 1024 * 1024;

export async function startSimulator(config: Config, log: Logger): Promise<Simulator> {
  const world = createWorld(config, log);
  const smtp = await startSmtp(world);
  const app = await createApp(world, smtp.port);
  const http = await app.listen({ port: config.PORT, host: config.HOST });
  return {
    http,
    smtp: smtp.port,
    close: async () => {
      world.schedule.stop();
      await Promise.all([app.close(), smtp.close()]);
      await world.courier.close();
    },
  };
}

async function createApp(world: World, smtpPort: number): Promise<FastifyInstance> {
  // Calls that are never answered would otherwise hold the shutdown.
  const app = fastify({ forceCloseConnections: true, bodyLimit, keepAliveTimeout: 72_000 });
  await app.register(formbody);
  app.setErrorHandler((fault, _request, reply) => {
    if (fault instanceof ZodError) {
      return reply.code(400).send({ error: z.prettifyError(fault) });
    }
    const status = (fault as { statusCode?: number }).statusCode ?? 500;
    if (status >= 500) {
      world.log.error({ err: fault }, 'request failed');
    }
    return reply.code(status).send({ error: (fault as Error).message });
  });
  await app.register(async (scope) => metaRoutes(scope, world));
  twilioRoutes(app, world);
  controlRoutes(app, world);
  inboxPage(app, smtpPort);
  return app;
}
