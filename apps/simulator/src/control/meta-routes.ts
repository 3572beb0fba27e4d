import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { senderOf } from '../meta/account.ts';
import { challenge } from '../meta/hub-challenge.ts';
import { changeStatus } from '../meta/template-status.ts';
import { defaultWabaId } from '../meta/templates.ts';
import type { World } from '../world.ts';

const Verify = z.strictObject({ phoneNumberId: z.string().default('0') });

const TemplateChange = z.strictObject({
  status: z.enum(['PENDING', 'APPROVED', 'REJECTED', 'PAUSED', 'DISABLED']),
});

/** What only Meta's own staff and dashboards can do: judge templates, verify a webhook URL. */
export function metaControlRoutes(app: FastifyInstance, world: World): void {
  app.post('/_sim/webhooks/verify', async (request, reply) => {
    const { phoneNumberId } = Verify.parse(request.body ?? {});
    const sender = senderOf(world, phoneNumberId);
    return sender ? challenge(world, sender) : reply.code(404).send({ error: 'no such phone number id' });
  });

  app.get('/_sim/templates', (request) => ({
    templates: world.templates.list((request.query as { wabaId?: string }).wabaId ?? defaultWabaId),
  }));

  app.put('/_sim/templates/:id', (request, reply) => {
    const { status } = TemplateChange.parse(request.body);
    const template = world.templates.byId((request.params as { id: string }).id);
    if (template === undefined) {
      return reply.code(404).send({ error: 'no such template' });
    }
    changeStatus(world, template, status);
    return template;
  });
}
