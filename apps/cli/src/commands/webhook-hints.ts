import type { TenantsFile } from '@otp-relay/contracts';
import type { ProviderName } from '@otp-relay/core';
import type { TenantChange } from '@otp-relay/engine';

/** What a person has to enter at the provider; Twilio is told with every message. */
const hintOf: Readonly<Record<ProviderName, string | undefined>> = {
  'meta-whatsapp': "In the Meta app, set WhatsApp's webhook to this URL, with the account's verifyToken:",
  'smtp-email': undefined,
  'twilio-sms': undefined,
};

/** After applying: the webhook URLs that somebody must enter by hand, for the tenants that changed. */
export function webhookHints(
  tenants: readonly TenantChange[],
  file: TenantsFile,
  publicUrl: string,
): string[] {
  return tenants.flatMap(({ id, change }) => {
    if (change === 'unchanged') return [];
    return Object.entries(file.tenants[id]?.accounts ?? {}).flatMap(([account, { provider }]) => {
      const hint = hintOf[provider];
      return hint === undefined ? [] : ['', hint, `  ${publicUrl}/webhooks/${provider}/${id}/${account}`];
    });
  });
}
