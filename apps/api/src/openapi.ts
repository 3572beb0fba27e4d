import fastifySwagger from '@fastify/swagger';
import { type FastifyInstance, fastify, type HTTPMethods } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { routes } from './routes.ts';

/** Collects every route that is registered after this into the OpenAPI document, from its zod schemas. */
export async function describeApi(app: FastifyInstance, publicUrl: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'OTP Relay',
        version: '1.0.0',
        description: 'One-time codes over WhatsApp, then SMS, then e-mail, with every attempt recorded.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: publicUrl }],
      tags: [
        { name: 'verifications', description: 'One code for one person and one purpose.' },
        { name: 'administration', description: 'Tenants, accounts, routes and keys.' },
        { name: 'events', description: "What tenants' own webhooks are told." },
        { name: 'webhooks', description: 'Called by providers.' },
        { name: 'operations', description: 'Keys, health and metrics.' },
      ],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: '`otp_live_…` or `otp_test_…`' },
          adminToken: { type: 'http', scheme: 'bearer', description: 'OTP_ADMIN_TOKEN: every tenant' },
          metricsToken: { type: 'http', scheme: 'bearer', description: 'OTP_METRICS_TOKEN' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}

/** The document that `/openapi.json` serves, for the reference pages: needs no database and no port. */
export async function openApiDocument(publicUrl = 'http://127.0.0.1:3000'): Promise<object> {
  const app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await describeApi(app, publicUrl);
  for (const { method, url, schema } of routes)
    app.route({ method: method as HTTPMethods | HTTPMethods[], url, schema, handler: async () => undefined });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
