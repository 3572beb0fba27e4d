import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Behaviour, delayMs } from '../behaviour/behaviour.ts';
import { type HttpAnswer, play } from '../behaviour/play.ts';
import { magicRecipients, magicSenders } from '../behaviour/twilio-behaviours.ts';
import { extractCode } from '../phone/extract-code.ts';
import type { Message } from '../phone/message.ts';
import type { World } from '../world.ts';
import { type Customer, customerOf } from './account.ts';
import { callback } from './callback.ts';
import { twilioError } from './errors.ts';
import { readMessage, type SmsSend } from './read-message.ts';
import { messageResource } from './resource.ts';

export type SendRequest = FastifyRequest<{ Params: { accountSid: string } }>;

/** `POST /2010-04-01/Accounts/<sid>/Messages.json`. */
export async function send(world: World, request: SendRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { accountSid } = request.params;
  const told = readMessage((request.body ?? {}) as Record<string, string>);
  const call = {
    provider: 'twilio' as const,
    account: accountSid,
    to: 'error' in told ? String((request.body as { To?: unknown } | null)?.To ?? '') : told.to,
    attemptId: attemptIdOf((request.body as { StatusCallback?: unknown } | null)?.StatusCallback),
    ...('error' in told ? {} : { ttlMs: told.validityMs }),
  };
  const refuse = (error: number, answer: HttpAnswer): FastifyReply => {
    world.calls.add({
      ...call,
      outcome: 'refused',
      status: answer.status,
      errorCode: error,
      messageId: null,
    });
    return reply.code(answer.status).send(answer.body);
  };

  const customer = customerOf(world, accountSid, request.headers.authorization);
  if (customer === undefined) {
    return refuse(20003, twilioError(20003));
  }
  const perSecond = world.settings.twilioRequestsPerSecond;
  if (!world.buckets.take(`twilio ${accountSid}`, perSecond, 1_000 / perSecond, Date.now())) {
    return refuse(20429, twilioError(20429));
  }
  if ('error' in told) {
    return refuse(told.error, twilioError(told.error, told.message));
  }
  const sender = pickSender(customer, told);
  const error = typeof sender === 'number' ? sender : magicRecipients[told.to];
  if (error !== undefined || typeof sender === 'number') {
    return refuse(error ?? 0, twilioError(error ?? 0));
  }

  const chosen = world.directors.twilio.choose(told.to);
  const behaviour = adapt(world, chosen, told, customer.test);
  return play(world, {
    request,
    reply,
    behaviour,
    call,
    create: () => world.messages.add(draft(customer, told, sender, behaviour, call.attemptId)),
    accepted: (message) => ({
      status: 201,
      body: { ...messageResource(message), status: initialStatus(told) },
    }),
    refused: (code) => twilioError(code),
    report: (message, step) => callback(world, message, step),
  });
}

/** The address the message comes from, or the error code when there is none. */
function pickSender(customer: Customer, told: SmsSend): string | number {
  if (told.from !== null) {
    return magicSenders[told.from] ?? told.from;
  }
  const pool = customer.pool(told.messagingServiceSid ?? '');
  if (told.channel === 'rcs') {
    return pool?.find((one) => one.startsWith('rcs:')) ?? 21667;
  }
  return pool?.[0] ?? 21703;
}

/** Test credentials deliver nothing; a Messaging Service reports `queued` first; RCS has its own codes. */
function adapt(world: World, behaviour: Behaviour, told: SmsSend, test: boolean): Behaviour {
  if (test) {
    return { ...behaviour, receipts: [] };
  }
  const first = behaviour.receipts[0];
  if (first && delayMs(first.after, world.settings) > told.validityMs) {
    // ValidityPeriod bounds the time in Twilio's queue, which ends with `sent`.
    return { ...behaviour, receipts: [{ status: 'failed', after: told.validityMs, error: 30036 }] };
  }
  const queued = { status: 'queued', after: 0 } as const;
  const receipts = behaviour.receipts.map((step) =>
    step.error === 63024 && told.channel === 'rcs' ? { ...step, error: 63036 } : step,
  );
  const withQueued = told.messagingServiceSid !== null && receipts.some((step) => !step.silent);
  return { ...behaviour, receipts: withQueued ? [queued, ...receipts] : receipts };
}

function draft(
  customer: Customer,
  told: SmsSend,
  sender: string,
  behaviour: Behaviour,
  attemptId: string | null,
): Omit<Message, 'seq'> {
  return {
    id: `SM${randomBytes(16).toString('hex')}`,
    provider: 'twilio',
    // A Messaging Service whose pool starts with an RCS sender turns an SMS into RCS by itself.
    channel: told.channel === 'sms' && sender.startsWith('rcs:') ? 'rcs' : told.channel,
    account: customer.accountSid,
    to: told.to,
    from: sender,
    content: { kind: 'text', body: told.body },
    code: extractCode(told.body),
    attemptId,
    behaviour: behaviour.name,
    at: Date.now(),
    arrivedAt: null,
    status: initialStatus(told),
    errorCode: null,
    receipts: [],
    twilio: {
      callbackUrl: customer.test ? null : told.statusCallback,
      authToken: customer.authToken,
      messagingServiceSid: told.messagingServiceSid,
    },
  };
}

function initialStatus(told: SmsSend): string {
  return told.messagingServiceSid === null ? 'queued' : 'accepted';
}

function attemptIdOf(statusCallback: unknown): string | null {
  return typeof statusCallback === 'string' && URL.canParse(statusCallback)
    ? new URL(statusCallback).searchParams.get('attempt')
    : null;
}
