import { z } from 'zod';
import { slug } from './fields.ts';
import { publishedTypes } from './published-events.ts';

/** Where a tenant is told what happens. Whether the address behind the host may be called is known at the call only. */
export const webhookConfig = z.strictObject({
  id: slug,
  url: z
    .string()
    .max(2_048, 'must be at most 2048 characters')
    .refine(
      isCallable,
      'must be an https URL without user or password, e.g. "https://acme.example/hooks/otp"',
    )
    .describe(
      'Called by POST; plain http only in networks of OTP_OUTGOING_NETWORKS. Redirects are not followed.',
    ),
  events: z
    .array(z.enum(publishedTypes, `must be one of ${publishedTypes.join(', ')}`))
    .min(1, 'must name at least one type; leave it out for all')
    .optional()
    .describe('Types to send; every type when absent.'),
});

function isCallable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && hostname !== '';
}

/** The webhooks of a tenant: few, since every one costs a row per event. */
export const webhooksConfig = z
  .array(webhookConfig)
  .max(10, 'must have at most 10 webhooks')
  .superRefine((webhooks, ctx) => {
    for (const [index, { id }] of webhooks.entries())
      if (webhooks.findIndex((other) => other.id === id) !== index)
        ctx.addIssue({
          code: 'custom',
          path: [index, 'id'],
          message: 'repeats the id of an earlier webhook',
        });
  });

export type WebhookConfig = z.infer<typeof webhookConfig>;
