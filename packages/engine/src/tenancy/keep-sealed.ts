import type { AccountConfig, FieldProblem, TenantConfig } from '@otp-relay/contracts';
import type { StoredTenant } from './stored-tenant.ts';

/** Stands for a credential that is stored but not shown: an exported file can be edited and applied again as it is. */
export const sealedMark = '[sealed]';

/** Puts the stored credential wherever a file says `[sealed]`; a problem where there is none to keep. */
export function keepSealed(
  id: string,
  config: TenantConfig,
  stored: StoredTenant | undefined,
): { readonly config: TenantConfig; readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const accounts: Record<string, AccountConfig> = {};
  for (const [name, account] of Object.entries(config.accounts)) {
    const known = stored?.accounts.get(name)?.credentials ?? {};
    const credentials: Record<string, string> = {};
    for (const [key, value] of Object.entries(account.credentials)) {
      const kept = value === sealedMark ? known[key] : value;
      credentials[key] = kept ?? value;
      if (kept === undefined)
        problems.push({
          path: `tenants.${id}.accounts.${name}.credentials.${key}`,
          problem: `is "${sealedMark}", but nothing is stored to keep — give its value`,
        });
    }
    accounts[name] = { ...account, credentials };
  }
  return { config: { ...config, accounts }, problems };
}
