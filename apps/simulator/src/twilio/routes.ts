import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { World } from '../world.ts';
import { customerOf } from './account.ts';
import { twilioError } from './errors.ts';
import { messageResource } from './resource.ts';
import { type SendRequest, send } from './send.ts';

type FetchRequest = FastifyRequest<{ Params: { accountSid: string; messageSid: string } }>;

/** The part of api.twilio.com that sending a one-time code needs. */
export function twilioRoutes(app: FastifyInstance, world: World): void {
  app.post('/2010-04-01/Accounts/:accountSid/Messages.json', (request, reply) =>
    send(world, request as SendRequest, reply),
  );
  app.get('/2010-04-01/Accounts/:accountSid.json', (request, reply) =>
    fetchAccount(world, request as SendRequest, reply),
  );
  app.get('/2010-04-01/Accounts/:accountSid/Messages/:messageSid.json', (request, reply) =>
    fetchMessage(world, request as FetchRequest, reply),
  );
}

function fetchAccount(world: World, request: SendRequest, reply: FastifyReply): FastifyReply {
  const { accountSid } = request.params;
  if (customerOf(world, accountSid, request.headers.authorization) === undefined) {
    const { status, body } = twilioError(20003);
    return reply.code(status).send(body);
  }
  return reply.send({ sid: accountSid, friendly_name: 'Simulator', status: 'active', type: 'Full' });
}

function fetchMessage(world: World, request: FetchRequest, reply: FastifyReply): FastifyReply {
  const { accountSid, messageSid } = request.params;
  const customer = customerOf(world, accountSid, request.headers.authorization);
  const message = world.messages.byId(messageSid);
  if (customer === undefined || message?.account !== accountSid) {
    const { status, body } =
      customer === undefined
        ? twilioError(20003)
        : twilioError(20404, `The requested resource ${request.url} was not found`);
    return reply.code(status).send(body);
  }
  return reply.send(messageResource(message));
}
