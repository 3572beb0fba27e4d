import {
  nextRequest,
  resendRequest,
  timelineView,
  verificationCreated,
  verificationRequest,
  verificationView,
} from '@otp-relay/contracts';
import { z } from 'zod';
import { example } from './examples.ts';
import { answered, problemAs, refusals } from './parts.ts';

const limited = problemAs(
  "A limit is reached: of the recipient, the end user's address or device, or the tenant. The code says which; try " +
    'again after `Retry-After` seconds.',
);
export const notFound = { 404: problemAs('This tenant has no such verification.') };

const key = [{ apiKey: [] }];
const id = z
  .string()
  .max(64)
  .meta({ examples: [example.verification.id] });
export const one = { params: z.object({ id }), security: key, tags: ['verifications'] };
export const view = verificationView.meta({ id: 'Verification', examples: [example.verification] });
const created = verificationCreated.meta({ id: 'VerificationCreated', examples: [example.created] });
const summary = verificationView
  .omit({ route: true, attempts: true })
  .extend({ attempts: z.int().describe('How many.') })
  .meta({ id: 'VerificationSummary' });

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
    422: problemAs(
      'Fields are invalid, no step of the route can reach the recipient, or its number is of a country or type that ' +
        'gets no codes.',
    ),
    429: limited,
    ...refusals,
    403: problemAs(
      "The API key lacks the scope, the request looks like abuse, or the tenant's own decision refused it; nothing was sent.",
    ),
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

const command = (summary: string, description: string, body?: z.ZodType, more = {}) => ({
  ...one,
  summary,
  description,
  ...(body && { body }),
  response: {
    200: answered('Done; the verification as it stands.', view),
    409: problemAs('The verification is final, or there is nothing to do.'),
    ...more,
    ...notFound,
    ...refusals,
  },
});
export const next = command(
  'Try the next channel now',
  'Leaves the current channel without waiting for its timeout. For a while the next verifications of this recipient leave ' +
    'that channel out too, when another can reach them; `{"remember": false}` prevents that. ' +
    'Say which `attempt` to leave to make retries safe: when it was left already, that is the answer. The rules against ' +
    'abuse hold for what would be sent: 403 `OTP_SUSPECTED_ABUSE`, and nothing changes.',
  nextRequest.optional().meta({
    id: 'NextRequest',
    examples: [{}, { remember: false, attempt: example.verification.attempts[0]?.id }],
  }),
);
export const resend = command(
  'Send the same code again',
  'The life of the code and its failed checks stay as they are. Limits hold as for a new verification: within the ' +
    'cool-down the answer is 429, and nothing is sent. So do the rules against abuse: 403 `OTP_SUSPECTED_ABUSE`.',
  resendRequest.optional().meta({ id: 'ResendRequest', examples: [{}, { endUser: { ip: '203.0.113.7' } }] }),
  { 429: limited },
);
export const cancel = command(
  'Cancel a verification',
  'Final: the code stops working and nothing further is sent. Canceling what is canceled already is done again.',
);
