import type { TenantsFile } from '@otp-relay/contracts';
import type { ProviderName } from '@otp-relay/core';
import type { TenantChange } from '@otp-relay/engine';

/** What a person has to enter at the provider; Twilio is told with every message. */
const hintOf: Readonly<Record<ProviderName, string | undefined>> = {
  'meta-whatsapp': "In the Meta app, set WhatsApp's webhook to this URL, with the account's verifyToken:",
  'smtp-email': undefined,
  'twilio-sms': undefined,
};

/** After applying: what somebody must enter elsewhere by hand, for the tenants that changed. */
export function webhookHints(
  tenants: readonly TenantChange[],
  file: TenantsFile,
  publicUrl: string,
): string[] {
  return tenants.flatMap(({ id, change }) => {
    if (change === 'unchanged') return [];
    const { accounts = {}, webhooks = [] } = file.tenants[id] ?? {};
    const entered = Object.entries(accounts).flatMap(([account, { provider }]) => {
      const hint = hintOf[provider];
      return hint === undefined ? [] : ['', hint, `  ${publicUrl}/webhooks/${provider}/${id}/${account}`];
    });
    return webhooks.length === 0 ? entered : [...entered, '', ...secretsHint(id)];
  });
}

const secretsHint = (tenant: string): string[] => [
  "The receivers of the tenant's own webhooks need the secrets that calls are signed with:",
  `  otp webhooks list --tenant ${tenant} --show-secrets`,
];
