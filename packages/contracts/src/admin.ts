import { z } from 'zod';
import { line, milliseconds, slug } from './fields.ts';
import { accountConfig, tenantConfig } from './tenant-config.ts';

const instant = z.iso.datetime().describe('ISO 8601, UTC');
const thirtyDaysMs = 2_592_000_000;

/** What an API key may do. */
export const keyScopes = ['send', 'check', 'read', 'admin'] as const;

/** The body of `PUT /v1/tenants/{tenant}`: as in the tenants file; a credential given as `[sealed]` stays as it is stored. */
export const tenantBody = tenantConfig;

/** The body of `PUT /v1/tenants/{tenant}/accounts/{account}`. Credentials are write-only. */
export const accountBody = accountConfig;

/** The body of `PUT /v1/tenants/{tenant}/route`; its steps are checked with the tenant they belong to. */
export const routeBody = z.strictObject({
  route: tenantConfig.shape.route,
  overrides: tenantConfig.shape.overrides,
});

/** The body of `POST /v1/tenants/{tenant}/keys`. */
export const keyBody = z
  .strictObject({
    name: line(80).default('unnamed').describe('What it is for.'),
    scopes: z
      .array(z.enum(keyScopes, `must be one of ${keyScopes.join(', ')}`))
      .min(1, 'needs at least one scope')
      .max(keyScopes.length)
      .default(['send', 'check', 'read']),
    mode: z
      .enum(['live', 'test'], 'must be live or test')
      .default('live')
      .describe('A test key never reaches a provider.'),
    expiresAt: z.iso
      .datetime('must be an instant such as 2026-12-31T12:00:00Z')
      .optional()
      .describe('Never when left out.'),
  })
  .refine((key) => key.mode === 'live' || !key.scopes.includes('admin'), {
    path: ['scopes'],
    error: 'must not hold admin for a test key: it could make itself a live one',
  });

/** The body of `POST /v1/tenants/{tenant}/keys/{key}/replace`. */
export const replaceBody = z.strictObject({
  graceMs: milliseconds(0, thirtyDaysMs)
    .default(86_400_000)
    .describe('How long the old key still works; a day when left out.'),
});

/** The body of `POST /v1/tenants/{tenant}/erasures`. */
export const erasureBody = z.strictObject({
  recipient: z
    .string('must be a phone number in E.164 or a mailbox')
    .min(3, 'must be a phone number in E.164 or a mailbox')
    .max(254, 'must be at most 254 characters'),
  force: z
    .boolean('must be true or false')
    .default(false)
    .describe('Cancels what is under way for this person.'),
});

/** What an erasure found and changed: counts only. */
export const erasureView = z.object({
  dryRun: z.boolean(),
  found: z.int().describe('Verifications of this person.'),
  verifications: z.int(),
  attempts: z.int(),
  entries: z.int(),
  receipts: z.int(),
  counters: z.int(),
  unreadable: z.int().describe("Verifications that may be this person's, and that no key opens."),
});

/** A tenant among others. */
export const tenantSummary = z.object({ id: slug, name: z.string(), version: z.int(), updatedAt: instant });

/** What a change did, or would do with `dryRun`: lines such as `~ brand: Acme → ACME`, never a credential. */
export const changeView = z.object({
  id: z.string(),
  change: z.enum(['created', 'changed', 'unchanged']),
  dryRun: z.boolean(),
  version: z.int().describe('Of the tenant, after the change.'),
  lines: z.array(z.string()),
});

/** An API key, without its secret: that is shown once and stored nowhere. */
export const keyView = z.object({
  id: z.string(),
  name: z.string(),
  mode: z.enum(['live', 'test']),
  scopes: z.array(z.enum(keyScopes)),
  state: z.enum(['works', 'expired', 'revoked']),
  createdAt: instant,
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  lastUsedAt: instant.nullable().describe('To the minute.'),
});

/** A key just made. */
export const newKeyView = z.object({
  id: z.string(),
  secret: z.string().describe('Shown this once.'),
  expiresAt: instant.nullable(),
});

/** One line of the audit. */
export const auditView = z.object({
  id: z.int(),
  at: instant,
  actor: z
    .string()
    .describe('`operator`, an API key, `cli:<user>`, or `database:<user>` for a change by hand.'),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()).describe('Names of fields and counts, never a value.'),
});

export type ChangeView = z.infer<typeof changeView>;
export type KeyView = z.infer<typeof keyView>;
export type AuditView = z.infer<typeof auditView>;
export type ErasureView = z.infer<typeof erasureView>;
