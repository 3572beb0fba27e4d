import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

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
        { name: 'webhooks', description: 'Called by providers.' },
        { name: 'operations', description: 'Keys, health and metrics.' },
      ],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: '`otp_live_…` or `otp_test_…`' },
          metricsToken: { type: 'http', scheme: 'bearer', description: 'OTP_METRICS_TOKEN' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}
