import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpAnswer } from '../behaviour/play.ts';
import type { World } from '../world.ts';
import { bearerToken, senderOf } from './account.ts';
import { metaError, unknownObject } from './errors.ts';
import { isJson } from './json.ts';
import { readTemplate, type TemplateDraft } from './read-template.ts';
import { changeStatus, review } from './template-status.ts';
import { textsFor } from './template-texts.ts';
import type { Template } from './templates.ts';

type Call = {
  readonly world: World;
  readonly id: string;
  readonly body: unknown;
  readonly query: Readonly<Record<string, string | undefined>>;
};

/** Creating, listing, previewing and deleting authentication templates. */
export function templateRoutes(app: FastifyInstance, world: World, version: string): void {
  const route = (handle: (call: Call) => HttpAnswer) => (request: FastifyRequest, reply: FastifyReply) => {
    const { body, headers } = request;
    const { id } = request.params as { id: string };
    const answer =
      bearerToken(headers.authorization) === undefined
        ? metaError(190)
        : handle({ world, id, body, query: request.query as Call['query'] });
    return reply.code(answer.status).send(answer.body);
  };
  const base = `${version}/:id`;
  app.post(`${base}/message_templates`, route(create));
  app.get(`${base}/message_templates`, route(list));
  app.delete(`${base}/message_templates`, route(remove));
  app.post(`${base}/upsert_message_templates`, route(upsert));
  app.get(`${base}/message_template_previews`, route(preview));
  app.get(base, route(show));
  app.post(base, route(edit));
}

function create({ world, id, body }: Call): HttpAnswer {
  const draft = readTemplate(body);
  if (typeof draft === 'string') {
    return metaError(100, draft);
  }
  if (world.templates.named(id, draft.name, draft.language).length > 0) {
    return metaError(100, `There is already ${draft.language} content for this template`);
  }
  const { category, status, id: templateId } = add(world, id, draft);
  return ok({ id: templateId, status, category });
}

function add(world: World, wabaId: string, draft: TemplateDraft): Template {
  const template = world.templates.add({ ...draft, wabaId, status: 'PENDING' });
  review(world, template);
  return template;
}

function upsert({ world, id, body }: Call): HttpAnswer {
  const languages = isJson(body) && Array.isArray(body.languages) ? body.languages.map(String) : [];
  const drafts = languages.map((language) => readTemplate(body, language));
  const wrong =
    languages.length === 0 ? 'languages is required' : drafts.find((one) => typeof one === 'string');
  if (wrong !== undefined) {
    return metaError(100, String(wrong));
  }
  const data = drafts
    .filter((draft) => typeof draft !== 'string')
    .map((draft) => world.templates.named(id, draft.name, draft.language)[0] ?? add(world, id, draft))
    .map((template) => ({ id: template.id, status: template.status, language: template.language }));
  return ok({ data });
}

function list({ world, id, query }: Call): HttpAnswer {
  const found = world.templates
    .list(id)
    .filter((template) => query.name === undefined || template.name.includes(query.name))
    .filter((template) => query.status === undefined || template.status === query.status.toUpperCase())
    .filter((template) => query.language === undefined || template.language === query.language);
  return ok({ data: found.map(showTemplate), paging: { cursors: { before: 'MAZDZD', after: 'MjQZD' } } });
}

function remove({ world, id, query }: Call): HttpAnswer {
  const named = world.templates.named(id, query.name ?? '');
  const chosen = query.hsm_id === undefined ? named : named.filter((one) => one.id === query.hsm_id);
  if (chosen.length === 0) {
    return metaError(100, `No template is named ${query.name}`);
  }
  for (const template of chosen) {
    world.templates.remove(template);
  }
  return ok({ success: true });
}

function preview({ query }: Call): HttpAnswer {
  const minutes = Number(query.code_expiration_minutes ?? 0);
  const data = (query.languages ?? 'en_US').split(',').map((language) => {
    const texts = textsFor(language);
    const advice = query.add_security_recommendation === 'true' ? ` ${texts.security}` : '';
    return {
      body: texts.body + advice,
      buttons: [{ autofill_text: 'Autofill', text: texts.copy }],
      ...(minutes > 0 ? { footer: texts.expiry(minutes) } : {}),
      language,
    };
  });
  return ok({ data });
}

function show({ world, id }: Call): HttpAnswer {
  const template = world.templates.byId(id);
  const sender = senderOf(world, id);
  if (template === undefined && sender === undefined) {
    return unknownObject(id);
  }
  return ok(template ? showTemplate(template) : showNumber(id, sender?.displayPhoneNumber));
}

function showNumber(id: string, displayPhoneNumber = ''): Record<string, unknown> {
  return {
    id,
    display_phone_number: displayPhoneNumber,
    verified_name: 'Simulator',
    quality_rating: 'GREEN',
    throughput: { level: 'STANDARD' },
  };
}

/** Editing sends the template back to review, as Meta does. */
function edit({ world, id }: Call): HttpAnswer {
  const template = world.templates.byId(id);
  if (template === undefined) {
    return unknownObject(id);
  }
  if (template.status === 'PENDING' || template.status === 'DISABLED') {
    return metaError(100, `A template that is ${template.status} cannot be edited`);
  }
  changeStatus(world, template, 'PENDING');
  review(world, template);
  return ok({ success: true });
}

/** After creation the button's `type` reads URL, not OTP. */
function showTemplate(template: Template): Record<string, unknown> {
  const texts = textsFor(template.language);
  const footer =
    template.expiryMinutes === null ? [] : [{ type: 'FOOTER', text: texts.expiry(template.expiryMinutes) }];
  const advice = template.securityAdvice ? ` ${texts.security}` : '';
  return {
    id: template.id,
    name: template.name,
    language: template.language,
    status: template.status,
    category: template.category,
    message_send_ttl_seconds: template.ttlSeconds,
    components: [
      { type: 'BODY', text: texts.body + advice, add_security_recommendation: template.securityAdvice },
      ...footer,
      {
        type: 'BUTTONS',
        buttons: [
          {
            type: 'URL',
            text: texts.copy,
            url: `https://www.whatsapp.com/otp/code/?otp_type=${template.otpType}&code=otp{{1}}`,
          },
        ],
      },
    ],
  };
}

function ok(body: unknown): HttpAnswer {
  return { status: 200, body };
}
