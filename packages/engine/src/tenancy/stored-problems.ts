import type { FieldProblem } from '@otp-relay/contracts';
import type { KeyRing } from '@otp-relay/vault';
import { tenantsProblems } from './read-tenants-file.ts';
import { readStoredTenant, type TenancyStore } from './stored-tenant.ts';

/** Why a stored tenant could not send right now, empty when it could: a config out of date, credentials no key opens, a missing account. */
export async function storedProblems(
  store: TenancyStore,
  keys: KeyRing,
  id: string,
): Promise<readonly FieldProblem[]> {
  const stored = await readStoredTenant(store, keys, id);
  const path = `tenants.${id}`;
  if (!stored) return [{ path, problem: 'is not stored' }];
  if (!stored.config) return [{ path, problem: 'no longer fits the format of tenants' }];
  const problems: FieldProblem[] = [];
  const accounts = Object.entries(stored.config.accounts).flatMap(([name, account]) => {
    const at = `${path}.accounts.${name}`;
    const row = stored.accounts.get(name);
    if (!row) problems.push({ path: at, problem: 'is not stored' });
    else if (!row.credentials)
      problems.push({ path: `${at}.credentials`, problem: 'cannot be opened with these OTP_KEYS' });
    else return [[name, { ...account, credentials: row.credentials }] as const];
    return [];
  });
  const usable = { ...stored.config, accounts: Object.fromEntries(accounts) };
  return [...problems, ...tenantsProblems({ tenants: { [id]: usable } })];
}
