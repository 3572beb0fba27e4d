import {
  accountBody,
  auditView,
  changeView,
  erasureBody,
  erasureView,
  keyBody,
  keyView,
  newKeyView,
  replaceBody,
  routeBody,
  tenantBody,
  tenantSummary,
} from '@otp-relay/contracts';
import { z } from 'zod';
import { adminExample } from './admin-examples.ts';
import { answered, problemAs, refusals } from './parts.ts';

const tags = ['administration'];
const security: Record<string, string[]>[] = [{ apiKey: [] }, { adminToken: [] }];
const slugParam = (example: string) =>
  z
    .string()
    .max(64)
    .meta({ examples: [example] });
const ofTenant = z.object({ tenant: slugParam('acme') });
const ofAccount = ofTenant.extend({ account: slugParam('acme-sms') });
const ofKey = ofTenant.extend({
  key: z
    .string()
    .max(64)
    .meta({ examples: [adminExample.key.id] }),
});

const dryRun = z.object({
  dryRun: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .transform((text) => text === 'true')
    .describe('Only says what would change.'),
});
const notFound = { 404: problemAs('There is no such thing, or it is of a tenant you do not administer.') };
const invalid = { 422: problemAs('Fields are invalid.') };
const unreadable = {
  400: problemAs('The body is not JSON.'),
  413: problemAs('The body is over 64 kB.'),
  415: problemAs('The body is not application/json.'),
};
const ifMatch = z.object({
  'if-match': z.string().optional().describe('The ETag of what you read: refused if it changed since.'),
  'if-none-match': z.string().optional().describe('`*`: only if there is none.'),
});

const tenantDocument = tenantBody.meta({ id: 'Tenant', examples: [adminExample.tenant] });
const accountDocument = accountBody.meta({ id: 'Account', examples: [adminExample.account] });
const routeDocument = routeBody.meta({ id: 'Route', examples: [adminExample.route] });
const change = answered(
  'What changed, or would.',
  changeView.meta({ id: 'Change', examples: [adminExample.change] }),
);
const shown = z.looseObject({}).describe('As in the body of PUT; credentials as `[sealed]`.');

const changing = {
  tags,
  security,
  querystring: dryRun,
  headers: ifMatch,
  response: {
    200: change,
    ...unreadable,
    ...notFound,
    412: problemAs('It was changed since the version named in If-Match.'),
    ...invalid,
    ...refusals,
  },
};

export const tenants = {
  summary: 'List tenants',
  description: 'All of them for the operator; a key with the scope `admin` sees its own.',
  tags,
  security,
  response: { 200: answered('By id.', z.object({ tenants: z.array(tenantSummary) })), ...refusals },
};

export const tenant = {
  summary: 'Show a tenant',
  tags,
  security,
  params: ofTenant,
  response: {
    200: answered('As it can be put back; its version is in ETag.', shown),
    ...notFound,
    ...refusals,
  },
};

export const putTenant = {
  ...changing,
  summary: 'Create or replace a tenant',
  description:
    'The whole tenant, as in the tenants file. Only the operator creates one, and only the operator says where providers are ' +
    '(`baseUrl`, private mail servers). A credential given as `[sealed]` stays as it is stored.',
  params: ofTenant,
  body: tenantDocument,
  response: { ...changing.response, 201: change },
};

export const showRoute = {
  summary: 'Show the order of channels',
  tags,
  security,
  params: ofTenant,
  response: { 200: answered('The route and its exceptions.', shown), ...notFound, ...refusals },
};

export const putRoute = {
  ...changing,
  summary: 'Replace the order of channels',
  description:
    'Verifications in flight keep the route they began with. Without `overrides` those stay as they are.',
  params: ofTenant,
  body: routeDocument,
};

export const accounts = {
  summary: 'List provider accounts',
  tags,
  security,
  params: ofTenant,
  response: {
    200: answered('By id.', z.object({ accounts: z.record(z.string(), shown) })),
    ...notFound,
    ...refusals,
  },
};

export const account = {
  summary: 'Show a provider account',
  tags,
  security,
  params: ofAccount,
  response: { 200: answered('Of a credential only its name.', shown), ...notFound, ...refusals },
};

export const putAccount = {
  ...changing,
  summary: 'Create or replace a provider account',
  description: 'Credentials are write-only: sealed as they arrive, and shown as `[sealed]` ever after.',
  params: ofAccount,
  body: accountDocument,
};

export const removeAccount = {
  ...changing,
  summary: 'Remove a provider account',
  description: 'Refused while a step of the route names it.',
  params: ofAccount,
};

export const keys = {
  summary: 'List API keys',
  tags,
  security,
  params: ofTenant,
  response: {
    200: answered('Without their secrets.', z.object({ keys: z.array(keyView) })),
    ...notFound,
    ...refusals,
  },
};

export const createKey = {
  summary: 'Make an API key',
  tags,
  security,
  params: ofTenant,
  body: keyBody.meta({ id: 'NewKey', examples: [adminExample.newKey] }),
  response: {
    201: answered('The only time its secret is shown.', newKeyView),
    ...unreadable,
    ...notFound,
    ...invalid,
    ...refusals,
  },
};

export const replaceKey = {
  summary: 'Replace an API key without an interruption',
  description: 'Makes a second key that may do the same; the first one keeps working for `graceMs`.',
  tags,
  security,
  params: ofKey,
  body: replaceBody.meta({ examples: [{ graceMs: 3_600_000 }] }),
  response: {
    201: answered(
      'The only time the new secret is shown.',
      z.object({ id: z.string(), secret: z.string(), oldEndsAt: z.string() }),
    ),
    ...unreadable,
    ...notFound,
    ...invalid,
    ...refusals,
  },
};

export const revokeKey = {
  summary: 'Revoke an API key',
  description: 'For good. Every process refuses it within five seconds.',
  tags,
  security,
  params: ofKey,
  response: {
    200: answered('It ended.', z.object({ id: z.string(), state: z.literal('revoked') })),
    ...notFound,
    ...refusals,
  },
};

export const erase = {
  summary: 'Erase a person',
  description:
    'Takes a person out of everything that is kept of this tenant; figures without a person stay. Refused while a code is out, ' +
    'unless `force` cancels it. Can be repeated.',
  tags,
  security,
  params: ofTenant,
  querystring: dryRun,
  body: erasureBody.meta({ id: 'Erasure', examples: [{ recipient: '+14155550100' }] }),
  response: {
    200: answered('Erased, or with `dryRun` only counted.', erasureView),
    ...unreadable,
    ...notFound,
    409: problemAs('A code for this person is under way.'),
    ...invalid,
    ...refusals,
  },
};

export const audit = {
  summary: 'Show who changed what',
  description: 'Names of fields, never values; written in the same commit as the change.',
  tags,
  security,
  params: ofTenant,
  querystring: z.object({
    before: z.coerce.number('must be a number').int('must be a whole number').min(1).optional(),
    limit: z.coerce.number('must be a number').int('must be a whole number').min(1).max(200).default(50),
  }),
  response: {
    200: answered('Newest first.', z.object({ entries: z.array(auditView), before: z.int().nullable() })),
    ...notFound,
    ...invalid,
    ...refusals,
  },
};
