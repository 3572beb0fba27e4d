import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Behaviour } from '../behaviour/behaviour.ts';
import type { MailBehaviour } from '../behaviour/mail-behaviours.ts';
import type { World } from '../world.ts';

const delay = z.union([
  z.number().int().min(0).max(86_400_000),
  z.enum(['sent', 'delivered', 'read', 'late', 'slow']),
]);
const times = z.number().int().min(1).nullable();

const Answer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('accept'),
    afterMs: delay.optional(),
    afterReceipts: z.boolean().optional(),
    messageStatus: z.enum(['accepted', 'held_for_quality_assessment', 'paused']).optional(),
  }),
  z.strictObject({ kind: z.literal('refuse'), error: z.number().int(), afterMs: delay.optional() }),
  z.strictObject({ kind: z.enum(['hang', 'reset', 'garbage']) }),
]);

const Receipt = z.strictObject({
  status: z.string().min(1),
  afterMs: delay,
  error: z.number().int().optional(),
  copies: z.number().int().min(0).max(100).optional(),
  silent: z.boolean().optional(),
});

const common = {
  /** One recipient; absent = whoever comes next. */
  to: z.string().min(1).optional(),
  /** Calls it lasts; null = until dropped. Default: null for one recipient, 1 for whoever comes next. */
  times: times.optional(),
};

const Script = z.union([
  z.strictObject({ provider: z.enum(['meta', 'twilio', 'smtp']), behaviour: z.string(), ...common }),
  z.strictObject({
    provider: z.enum(['meta', 'twilio']),
    answer: Answer.default({ kind: 'accept' }),
    receipts: z.array(Receipt).default([]),
    ...common,
  }),
]);

/** Behaviours set by hand, for tests that need something no number stands for. */
export function scriptRoutes(app: FastifyInstance, world: World): void {
  const { directors } = world;

  app.post('/_sim/script', (request, reply) => {
    const script = Script.parse(request.body);
    const to = script.to ?? null;
    const left = script.times === undefined ? (to === null ? 1 : null) : script.times;
    if ('answer' in script) {
      return directors[script.provider].script({ to, left, behaviour: written(script) });
    }
    const row = directors[script.provider].named(script.behaviour);
    if (row === undefined) {
      return reply.code(400).send({ error: `no behaviour ${script.behaviour}; see GET /_sim/behaviours` });
    }
    return script.provider === 'smtp'
      ? directors.smtp.script({ to, left, behaviour: row as MailBehaviour })
      : directors[script.provider].script({ to, left, behaviour: row as Behaviour });
  });

  app.get('/_sim/script', () => ({
    meta: directors.meta.scripts,
    twilio: directors.twilio.scripts,
    smtp: directors.smtp.scripts,
  }));

  app.delete('/_sim/script/:id', (request, reply) => {
    const { id } = request.params as { id: string };
    const dropped = Object.values(directors).some((director) => director.drop(id));
    return dropped ? { dropped: 1 } : reply.code(404).send({ error: 'no such script' });
  });
}

function written(script: {
  answer: z.output<typeof Answer>;
  receipts: z.output<typeof Receipt>[];
}): Behaviour {
  const { answer } = script;
  const after = 'afterMs' in answer && answer.afterMs !== undefined ? { after: answer.afterMs } : {};
  return {
    name: 'scripted',
    says: 'Set by POST /_sim/script.',
    answer: { ...answer, ...after } as Behaviour['answer'],
    receipts: script.receipts.map(
      ({ afterMs, ...step }) => ({ ...step, after: afterMs }) as Behaviour['receipts'][number],
    ),
  };
}
