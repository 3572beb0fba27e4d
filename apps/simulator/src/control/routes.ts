import type { FastifyInstance } from 'fastify';
import type { World } from '../world.ts';
import { behaviourRoutes } from './behaviour-routes.ts';
import { bounceRoutes } from './bounce-routes.ts';
import { callsRoutes } from './calls-routes.ts';
import { messagesRoutes } from './messages-routes.ts';
import { metaControlRoutes } from './meta-routes.ts';
import { scriptRoutes } from './script-routes.ts';
import { stateRoutes } from './state-routes.ts';
import { streamRoute } from './stream.ts';

/** Everything below `/_sim`: what a test or a curious person can see and turn. */
export function controlRoutes(app: FastifyInstance, world: World): void {
  stateRoutes(app, world);
  messagesRoutes(app, world);
  streamRoute(app, world);
  callsRoutes(app, world);
  bounceRoutes(app, world);
  scriptRoutes(app, world);
  behaviourRoutes(app);
  metaControlRoutes(app, world);
}
