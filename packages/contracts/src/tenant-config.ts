import { type channels, providers, successLevels } from '@otp-relay/core';
import { z } from 'zod';
import { abuseConfig, countriesConfig, decisionConfig, spendConfig } from './abuse-config.ts';
import { codesConfig } from './codes-config.ts';
import { callingCode, channel, line, locale, milliseconds, purpose, slug } from './fields.ts';
import { limitsConfig } from './limits-config.ts';
import { retentionConfig } from './retention-config.ts';
import { webhooksConfig } from './webhook-config.ts';

/** One step of a tenant's route. What is left out comes from the provider's own defaults (WhatsApp: 25 s to `delivered`). */
export const stepConfig = z.strictObject({
  channel,
  account: slug,
  timeoutMs: milliseconds(1_000, 900_000).optional(),
  success: z.enum(successLevels, `must be one of ${successLevels.join(', ')}`).optional(),
});

const steps = z.array(stepConfig).min(1, 'needs at least one step').max(8, 'must have at most 8 steps');

/** A provider account. `settings` and `credentials` are checked by the provider named. */
export const accountConfig = z.strictObject({
  provider: z.enum(providers, `must be one of ${providers.join(', ')}`),
  settings: z.record(z.string(), z.unknown()).default({}),
  credentials: z
    .record(
      z.string(),
      z.string('must be a string; a dollar sign and a name in braces reads an environment variable'),
    )
    .default({}),
});

/** One tenant: who it is, how it sends, in which order. */
export const tenantConfig = z
  .strictObject({
    name: line(80),
    brand: line(30).describe('The name shown in messages.'),
    locale: locale.default('en'),
    origin: z
      .string()
      .regex(/^(?=.{4,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'must be a host name such as "acme.example"')
      .optional()
      .describe('Host of the log-in page: adds the origin-bound line that lets phones fill the code in.'),
    codes: codesConfig,
    limits: limitsConfig,
    countries: countriesConfig,
    abuse: abuseConfig,
    spend: spendConfig.optional(),
    decision: decisionConfig.optional(),
    requestRoutes: z
      .enum(['allowed', 'refused'])
      .default('allowed')
      .describe('Whether a single request may narrow or reorder the route.'),
    retention: retentionConfig,
    webhooks: webhooksConfig.default([]).describe('Where the tenant is told what happens.'),
    accounts: z.record(slug, accountConfig),
    route: steps.describe('The default order of channels.'),
    overrides: z
      .array(
        z
          .strictObject({ purpose: purpose.optional(), callingCode: callingCode.optional(), route: steps })
          .refine(
            (o) => o.purpose !== undefined || o.callingCode !== undefined,
            'needs a purpose, a callingCode, or both',
          ),
      )
      .default([]),
  })
  .superRefine((tenant, ctx) => {
    for (const { path, route } of routesOf(tenant))
      for (const [index, step] of route.entries()) {
        const account = tenant.accounts[step.account];
        const at = [...path, index];
        if (!account)
          ctx.addIssue({
            code: 'custom',
            path: [...at, 'account'],
            message: 'names an account that is not under "accounts"',
          });
        else if (channelOf[account.provider] !== step.channel)
          ctx.addIssue({
            code: 'custom',
            path: [...at, 'channel'],
            message: `must be "${channelOf[account.provider]}": that is what provider ${account.provider} sends`,
          });
      }
    const seen = new Set<string>();
    for (const [index, o] of tenant.overrides.entries()) {
      const key = `${o.purpose ?? '*'} ${o.callingCode ?? '*'}`;
      if (seen.has(key))
        ctx.addIssue({
          code: 'custom',
          path: ['overrides', index],
          message: 'repeats the purpose and callingCode of an earlier override',
        });
      seen.add(key);
    }
  });

/** The channel each provider sends on. */
export const channelOf = {
  'meta-whatsapp': 'whatsapp',
  'twilio-sms': 'sms',
  'smtp-email': 'email',
} as const satisfies Record<(typeof providers)[number], (typeof channels)[number]>;

type Route = z.infer<typeof steps>;
const routesOf = (tenant: {
  route: Route;
  overrides: { route: Route }[];
}): { path: (string | number)[]; route: Route }[] => [
  { path: ['route'], route: tenant.route },
  ...tenant.overrides.map((o, index) => ({ path: ['overrides', index, 'route'], route: o.route })),
];

/** The file `otp tenants apply` reads. */
export const tenantsFile = z.strictObject({ tenants: z.record(slug, tenantConfig) });

export type StepConfig = z.infer<typeof stepConfig>;
export type AccountConfig = z.infer<typeof accountConfig>;
export type TenantConfig = z.infer<typeof tenantConfig>;
export type TenantsFile = z.infer<typeof tenantsFile>;
