import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Call } from '../calls.ts';
import type { Message } from '../phone/message.ts';
import type { World } from '../world.ts';
import { type Behaviour, createsMessage, delayMs, type ReceiptStep } from './behaviour.ts';

export type HttpAnswer = { readonly status: number; readonly body: unknown };

/** One API call on its way through a behaviour; what differs between providers is handed in. */
export type Scene = {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly behaviour: Behaviour;
  readonly call: Omit<Call, 'seq' | 'at' | 'outcome' | 'status' | 'errorCode' | 'messageId'>;
  /** Takes the message on. Called only when the behaviour creates one. */
  readonly create: () => Message;
  readonly accepted: (message: Message) => HttpAnswer;
  readonly refused: (error: number) => HttpAnswer;
  /** Reports one step to the customer; resolves when the first post of it ended. */
  readonly report: (message: Message, step: ReceiptStep) => Promise<void>;
  /** Steps that lie further away than this never happen (the message is dropped). */
  readonly ttlMs?: number;
};

const garbage = '<!DOCTYPE html><html><head><title>Sorry</title></head><body>Something broke.</body></html>';

/** Carries one call through its behaviour: answer, message, receipts, and the entry in the list of calls. */
export async function play(world: World, scene: Scene): Promise<FastifyReply> {
  const { behaviour, reply } = scene;
  const { answer } = behaviour;
  if (answer.kind === 'refuse' && behaviour.receipts.length === 0) {
    await pause(latencyOf(world) + delayMs(answer.after ?? 0, world.settings));
    return refuse(world, scene, answer.error, null);
  }
  const message = createsMessage(behaviour) ? scene.create() : null;
  const id = message?.id ?? null;
  if (answer.kind === 'hang' || answer.kind === 'reset' || answer.kind === 'garbage') {
    begin(world, scene, message);
    note(world, scene, answer.kind, answer.kind === 'garbage' ? 200 : null, null, id);
    return misbehave(world, scene, answer.kind);
  }
  const waitMs = latencyOf(world) + delayMs(answer.after ?? 0, world.settings);
  if (waitMs > 0) {
    await pause(waitMs);
  }
  const reported = begin(world, scene, message);
  if (answer.kind === 'refuse') {
    return refuse(world, scene, answer.error, id);
  }
  if (answer.afterReceipts) {
    // A receiver that never answers, or a dropped schedule, must not hold the call for ever.
    await Promise.race([Promise.all(reported), pause(5_000)]);
  }
  const { status, body } = scene.accepted(message as Message);
  note(world, scene, 'accepted', status, null, id);
  return reply.code(status).send(body);
}

const latencyOf = ({ settings }: World): number =>
  settings.latencyMs + Math.random() * settings.latencySpreadMs;

/** Starts the message's later life; one promise per receipt. */
function begin(world: World, scene: Scene, message: Message | null): Promise<void>[] {
  if (message === null) {
    return [];
  }
  const ttlMs = scene.ttlMs ?? Number.POSITIVE_INFINITY;
  return scene.behaviour.receipts.flatMap((step) => {
    const afterMs = delayMs(step.after, world.settings);
    return afterMs > ttlMs ? [] : [happen(world, scene, message, step, afterMs)];
  });
}

function happen(
  world: World,
  scene: Scene,
  message: Message,
  step: ReceiptStep,
  afterMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    world.schedule.after(afterMs, () => {
      changeMessage(message, step);
      const copies = step.silent ? 0 : (step.copies ?? 1);
      const posts = Array.from({ length: copies }, () => scene.report(message, step));
      world.messages.changed(message);
      void Promise.all(posts).then(() => resolve());
    });
  });
}

/** What the provider itself believes of the message: the last thing that happened. */
function changeMessage(message: Message, step: ReceiptStep): void {
  if (step.status === 'delivered' || step.status === 'read') {
    message.arrivedAt ??= Date.now();
  }
  if (step.status !== 'did_not_request_code') {
    message.status = step.status;
    message.errorCode = step.error ?? null;
  }
}

function refuse(world: World, scene: Scene, error: number, messageId: string | null): FastifyReply {
  const { status, body } = scene.refused(error);
  note(world, scene, 'refused', status, error, messageId);
  return scene.reply.code(status).send(body);
}

function misbehave(world: World, scene: Scene, kind: 'hang' | 'reset' | 'garbage'): FastifyReply {
  const { reply, request } = scene;
  const { socket } = request.raw;
  switch (kind) {
    case 'garbage':
      return reply.code(200).header('content-type', 'text/html; charset=utf-8').send(garbage);
    case 'reset':
      reply.hijack();
      socket.resetAndDestroy();
      return reply;
    case 'hang': {
      reply.hijack();
      const timer = setTimeout(() => socket.destroy(), world.settings.hangMs);
      socket.once('close', () => clearTimeout(timer));
      return reply;
    }
  }
}

function note(
  world: World,
  scene: Scene,
  outcome: string,
  status: number | null,
  errorCode: number | null,
  messageId: string | null,
): void {
  world.calls.add({ ...scene.call, outcome, status, errorCode, messageId });
}

function pause(waitMs: number): Promise<void> {
  return waitMs <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, waitMs).unref());
}
