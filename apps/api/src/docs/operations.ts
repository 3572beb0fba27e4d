import { z } from 'zod';
import { answered, problemAs, refusals } from './parts.ts';

export const webhook = {
  summary: "A provider's delivery report",
  description:
    'Called by providers; every call is checked against the signature of the account named in the path.',
  tags: ['webhooks'],
  params: z.object({
    provider: z
      .string()
      .max(64)
      .meta({ examples: ['meta-whatsapp'] }),
    tenant: z
      .string()
      .max(64)
      .meta({ examples: ['acme'] }),
    account: z
      .string()
      .max(64)
      .meta({ examples: ['acme-wa'] }),
  }),
  response: {
    200: {
      description: 'Taken, or the answer to a handshake.',
      content: {
        'application/json': { schema: z.object({ received: z.int() }).meta({ examples: [{ received: 1 }] }) },
        'text/plain': { schema: z.string() },
      },
    },
    400: problemAs('Signed, but not a call we understand.'),
    401: problemAs('The signature is missing or wrong.'),
    403: problemAs('The handshake is refused.'),
    404: problemAs('There is no such provider.'),
    413: problemAs('The body is over 3 MB.'),
    503: refusals[503],
  },
};

const operations = { tags: ['operations'] };

export const jwks = {
  ...operations,
  summary: 'Public keys to seal your own codes with',
  description: 'Make a compact JWE (ECDH-ES, A256GCM) of `{"code":"…"}` and send it as `sealedCode`.',
  response: {
    200: answered(
      'A JWK set.',
      z.object({ keys: z.array(z.looseObject({ kid: z.string() })) }).meta({
        examples: [
          {
            keys: [
              {
                kty: 'OKP',
                crv: 'X25519',
                x: 'hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo',
                kid: 'intake-1',
                alg: 'ECDH-ES',
                use: 'enc',
              },
            ],
          },
        ],
      }),
    ),
  },
};

export const healthz = {
  ...operations,
  summary: 'Whether the process runs',
  response: { 200: answered('It runs.', z.object({ ok: z.boolean() }).meta({ examples: [{ ok: true }] })) },
};

const readiness = z
  .object({
    ok: z.boolean(),
    checks: z.array(
      z.object({ name: z.string(), ok: z.boolean(), reason: z.string().optional(), ms: z.number() }),
    ),
  })
  .meta({
    examples: [
      {
        ok: true,
        checks: [
          { name: 'stopping', ok: true, ms: 0 },
          { name: 'postgres', ok: true, ms: 1 },
          { name: 'queue', ok: false, reason: 'ECONNREFUSED', ms: 12 },
        ],
      },
    ],
  });
export const readyz = {
  ...operations,
  summary: 'Whether the process should get traffic',
  response: {
    200: answered('It should.', readiness),
    503: answered('It should not; `checks` say why.', readiness),
  },
};

export const metrics = {
  ...operations,
  summary: "Prometheus' text",
  security: [{ metricsToken: [] }],
  response: {
    200: { description: 'Metrics of this process.', content: { 'text/plain': { schema: z.string() } } },
    401: problemAs('No token, or the wrong one.'),
  },
};

export const openApi = { hide: true };
export const landing = { hide: true };
