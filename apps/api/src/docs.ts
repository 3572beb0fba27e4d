import {
  timelineView,
  verificationCreated,
  verificationRequest,
  verificationView,
} from '@otp-relay/contracts';
import { z } from 'zod';
import { example } from './examples.ts';

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    problems: z.array(z.object({ path: z.string(), problem: z.string() })).optional(),
    requestId: z.string().optional(),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457. Never quotes what the caller sent.',
    examples: [example.problem],
  });

const problemAs = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});

const refusals = {
  401: problemAs('No API key, or one that is unknown, revoked or expired.'),
  403: problemAs('The API key lacks the scope.'),
  429: problemAs('Too many requests.'),
  503: problemAs('A dependency is away; try again after `Retry-After` seconds.'),
};
const notFound = { 404: problemAs('This tenant has no such verification.') };

const key = [{ apiKey: [] }];
const id = z
  .string()
  .max(64)
  .meta({ examples: [example.verification.id] });
const one = { params: z.object({ id }), security: key, tags: ['verifications'] };
const view = verificationView.meta({ id: 'Verification', examples: [example.verification] });
const created = verificationCreated.meta({ id: 'VerificationCreated', examples: [example.created] });
const summary = verificationView
  .omit({ route: true, attempts: true })
  .extend({ attempts: z.int().describe('How many.') })
  .meta({ id: 'VerificationSummary' });
const answered = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});

export const create = {
  summary: 'Send a one-time code',
  description:
    'Starts a verification: the code goes out on the first channel of the route, and on the next one when that fails. ' +
    'A request for a recipient and purpose that is already being verified joins the running verification. ' +
    'Give an `Idempotency-Key` header to make retries safe.',
  tags: ['verifications'],
  security: key,
  headers: z.object({
    'idempotency-key': z.string().optional().describe('1–128 printable ASCII characters.'),
  }),
  body: verificationRequest.meta({ id: 'VerificationRequest', examples: example.requests }),
  response: {
    201: answered('Accepted.', created),
    200: answered('Joined a verification that was already there.', created),
    400: problemAs('The body is not JSON.'),
    409: problemAs('The Idempotency-Key was used for a different request.'),
    413: problemAs('The body is over 64 kB.'),
    415: problemAs('The body is not application/json.'),
    422: problemAs('Fields are invalid, or no step of the route can reach the recipient.'),
    ...refusals,
  },
};

export const list = {
  summary: 'List verifications, newest first',
  tags: ['verifications'],
  security: key,
  querystring: z.object({
    status: verificationView.shape.status.optional(),
    since: z.iso
      .datetime('must be an instant such as 2026-01-31T12:00:00Z')
      .optional()
      .describe('Created at or after this instant.'),
    before: id.optional().describe('The `before` of the last page.'),
    limit: z.coerce
      .number('must be a whole number')
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(200, 'must be at most 200')
      .default(50),
  }),
  response: {
    200: answered(
      'One page.',
      z.object({
        verifications: z.array(summary),
        before: z
          .string()
          .nullable()
          .describe('Give it back as `before` for the next page; null at the end.'),
      }),
    ),
    422: problemAs('Fields are invalid.'),
    ...refusals,
  },
};

export const show = {
  ...one,
  summary: 'Show a verification and its attempts',
  response: { 200: answered('The verification as it stands.', view), ...notFound, ...refusals },
};

export const timeline = {
  ...one,
  summary: 'Show everything that happened to a verification',
  response: {
    200: answered('Oldest first.', timelineView.meta({ id: 'Timeline', examples: [example.timeline] })),
    ...notFound,
    ...refusals,
  },
};

const command = (summary: string, description: string) => ({
  ...one,
  summary,
  description,
  response: {
    200: answered('Done; the verification as it stands.', view),
    409: problemAs('The verification is final, or there is nothing to do.'),
    ...notFound,
    ...refusals,
  },
});
export const next = command(
  'Try the next channel now',
  'Leaves the current channel without waiting for its timeout.',
);
export const resend = command(
  'Send the same code again',
  'The life of the code and its failed checks stay as they are.',
);
export const cancel = command(
  'Cancel a verification',
  'Final: the code stops working and nothing further is sent.',
);

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
        'application/json': { schema: z.object({ received: z.int() }) },
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
  response: { 200: answered('A JWK set.', z.object({ keys: z.array(z.looseObject({ kid: z.string() })) })) },
};

export const healthz = {
  ...operations,
  summary: 'Whether the process runs',
  response: { 200: answered('It runs.', z.object({ ok: z.boolean() })) },
};

const readiness = z.object({
  ok: z.boolean(),
  checks: z.array(
    z.object({ name: z.string(), ok: z.boolean(), reason: z.string().optional(), ms: z.number() }),
  ),
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
