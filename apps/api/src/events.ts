import { fieldProblems, replayBody } from '@otp-relay/contracts';
import { eventViewOf, replayEvents } from '@otp-relay/engine';
import type { Replayed, ReplayWanted } from '@otp-relay/store';
import type { FastifyReply } from 'fastify';
import { callerOf } from './access.ts';
import type * as docs from './docs/events.ts';
import type { ApiPorts } from './ports.ts';
import { sendProblem } from './problem.ts';
import type { Call, Handle } from './route.ts';

/** What a tenant's webhooks were told, newest first. */
export const listEvents: Handle<typeof docs.listEvents> = async (call, _reply, { store }) => {
  const { type, since, until, before, limit } = call.query;
  const rows = await store.outbox.list(callerOf(call).tenantId, {
    limit,
    ...(type !== undefined && { types: [type] }),
    ...(since !== undefined && { since: Date.parse(since) }),
    ...(until !== undefined && { until: Date.parse(until) }),
    ...(before !== undefined && { before }),
  });
  const last = rows.length === limit ? rows.at(-1)?.id : undefined;
  return { events: rows.map(eventViewOf), before: last ?? null };
};

/** One event once more. */
export const replayEvent: Handle<typeof docs.replayEvent> = async (call, reply, ports) =>
  replay(call, { id: call.params.id }, reply, ports);

/** The events of a time once more. */
export const replayRange: Handle<typeof docs.replayRange> = async (call, reply, ports) => {
  const body = replayBody.safeParse(call.body ?? {});
  if (!body.success)
    return sendProblem(reply, 'OTP_INVALID_REQUEST', { problems: fieldProblems(body.error) });
  const { since, until, types } = body.data;
  const wanted = {
    since: Date.parse(since),
    ...(until !== undefined && { until: Date.parse(until) }),
    ...(types && { types }),
  };
  return replay(call, wanted, reply, ports);
};

async function replay(
  call: Pick<Call, 'caller'>,
  wanted: ReplayWanted,
  reply: FastifyReply,
  ports: ApiPorts,
): Promise<unknown> {
  const replayed = await replayEvents(ports, callerOf(call).tenantId, wanted);
  if ('id' in wanted && replayed.events === 0) return sendProblem(reply, 'OTP_NOT_FOUND');
  return viewOf(replayed);
}

const viewOf = ({ events, webhooks, through }: Replayed) => ({
  events,
  webhooks,
  through: through === null ? null : new Date(through).toISOString(),
});
