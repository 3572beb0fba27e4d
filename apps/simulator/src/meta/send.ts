import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Behaviour } from '../behaviour/behaviour.ts';
import { type HttpAnswer, play } from '../behaviour/play.ts';
import type { Message } from '../phone/message.ts';
import type { World } from '../world.ts';
import { bearerToken, type Sender, senderOf } from './account.ts';
import { metaError, unknownObject } from './errors.ts';
import { readMessage, type TemplateSend } from './read-message.ts';
import type { Reporter } from './reporter.ts';
import { textsFor } from './template-texts.ts';
import type { Template } from './templates.ts';

export type SendRequest = FastifyRequest<{ Params: { version: string; phoneNumberId: string } }>;

/** Meta's pair rate: 45 messages may be borrowed, one comes back every 6 s. */
const pairBurst = 45;
const pairRefillMs = 6_000;

/** `POST /<version>/<phone number id>/messages`. */
export async function send(
  world: World,
  reporter: Reporter,
  request: SendRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { phoneNumberId } = request.params;
  const sender = senderOf(world, phoneNumberId);
  const told = readMessage(request.body);
  const call = {
    provider: 'meta' as const,
    account: phoneNumberId,
    to: 'error' in told ? '' : told.to,
    attemptId: 'error' in told ? attemptIdOf(request.body) : told.callbackData,
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

  const token = bearerToken(request.headers.authorization);
  if (token === undefined || (sender?.accessToken !== undefined && token !== sender.accessToken)) {
    return refuse(190, metaError(190));
  }
  if (sender === undefined) {
    return refuse(100, unknownObject(phoneNumberId));
  }
  if ('error' in told) {
    return refuse(told.error, metaError(told.error, told.details));
  }
  const template = world.templates.forSending(sender.wabaId, told.template, told.language);
  const limited = limitFor(world, sender, told) ?? templateRefusal(told, template);
  if (limited !== undefined || template === undefined) {
    const { error, details } = limited ?? { error: 132001, details: undefined };
    return refuse(error, metaError(error, details));
  }

  const behaviour = world.directors.meta.choose(told.to);
  return play(world, {
    request,
    reply,
    behaviour,
    call,
    create: () => world.messages.add(draft(sender, told, template, behaviour)),
    accepted: (message) => acceptedAnswer(told, message, behaviour, request.body),
    refused: (error) => metaError(error),
    report: (message, step) => reporter.report(sender, message, step),
    ...(template.ttlSeconds > 0 ? { ttlMs: template.ttlSeconds * 1_000 } : {}),
  });
}

function limitFor(
  world: World,
  sender: Sender,
  told: TemplateSend,
): { error: number; details?: string } | undefined {
  const { settings, buckets } = world;
  const now = Date.now();
  const perSecond = settings.metaThroughputPerSecond;
  if (!buckets.take(`meta ${sender.phoneNumberId}`, perSecond, 1_000 / perSecond, now)) {
    return { error: 130429 };
  }
  const pair = `meta ${sender.phoneNumberId} ${told.to}`;
  if (settings.metaPairLimit && !buckets.take(pair, pairBurst, pairRefillMs, now)) {
    return { error: 131056 };
  }
  return undefined;
}

function templateRefusal(
  told: TemplateSend,
  template: Template | undefined,
): { error: number; details?: string } | undefined {
  switch (template?.status) {
    case 'APPROVED':
      return wrongPlaces(told, template);
    case 'PAUSED':
      return { error: 132015 };
    case 'DISABLED':
      return { error: 132016 };
    default:
      return {
        error: 132001,
        details: `template name (${told.template}) does not exist in ${told.language}`,
      };
  }
}

/** An authentication template has one place, a transaction's three, and no button that copies. */
function wrongPlaces(
  { places }: TemplateSend,
  { category }: Template,
): { error: number; details: string } | undefined {
  const wanted = category === 'UTILITY' ? 3 : 1;
  if (places.length === wanted) return undefined;
  const details = `body: number of localizable_params (${places.length}) does not match the expected number of params (${wanted})`;
  return { error: 132000, details };
}

function draft(
  sender: Sender,
  told: TemplateSend,
  template: Template,
  behaviour: Behaviour,
): Omit<Message, 'seq'> {
  const texts = textsFor(told.language);
  const advice = template.securityAdvice ? ` ${texts.security}` : '';
  const isOwn = template.category === 'UTILITY';
  return {
    id: wamid(told.to),
    provider: 'meta',
    channel: 'whatsapp',
    account: sender.phoneNumberId,
    to: told.to,
    from: sender.displayPhoneNumber,
    content: {
      kind: 'whatsapp',
      body: isOwn ? told.places.join(' · ') : texts.body.replace('{{1}}', () => told.code) + advice,
      footer: template.expiryMinutes === null ? null : texts.expiry(template.expiryMinutes),
      button: isOwn ? null : texts.copy,
    },
    code: told.code,
    attemptId: told.callbackData,
    behaviour: behaviour.name,
    at: Date.now(),
    arrivedAt: null,
    status: 'accepted',
    errorCode: null,
    receipts: [],
    twilio: null,
  };
}

function acceptedAnswer(
  told: TemplateSend,
  message: Message,
  behaviour: Behaviour,
  body: unknown,
): HttpAnswer {
  const status = behaviour.answer.kind === 'accept' ? behaviour.answer.messageStatus : undefined;
  return {
    status: 200,
    body: {
      messaging_product: 'whatsapp',
      contacts: [{ input: (body as { to: string }).to, wa_id: told.to.slice(1) }],
      messages: [{ id: message.id, message_status: status ?? 'accepted' }],
    },
  };
}

/** Looks like Meta's: base64 of a little binary record with the number and a random part. */
function wamid(to: string): string {
  const random = randomBytes(9).toString('hex').toUpperCase();
  const record = Buffer.from(`\x1d\x18\x0b${to.slice(1)}\x15\x02\x00\x11\x18\x12${random}\x00`, 'latin1');
  return `wamid.${record.toString('base64')}`;
}

function attemptIdOf(body: unknown): string | null {
  const value = (body as Record<string, unknown> | null)?.biz_opaque_callback_data;
  return typeof value === 'string' ? value : null;
}
