import type { FieldProblem, TenantConfig, TenantsFile } from '@otp-relay/contracts';
import type { KeyRing } from '@otp-relay/vault';
import { type AccountsDiff, diffAccounts } from './diff-accounts.ts';
import { diffTenant } from './diff-tenant.ts';
import { keepSealed } from './keep-sealed.ts';
import { tenantsProblems } from './read-tenants-file.ts';
import { readStoredTenant, type StoredTenant, type TenancyStore } from './stored-tenant.ts';
import type { TenantChange } from './tenant-change.ts';

/** What applying a file would do; nothing when it has problems. */
export type TenantsPlan =
  | { readonly ok: true; readonly tenants: readonly TenantChange[]; readonly changed: boolean }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** A tenant's change together with what has to be written. */
export interface PlannedTenant {
  readonly change: TenantChange;
  /** What the change is based on; 0 for a new tenant. */
  readonly version: number;
  readonly config: TenantConfig;
  readonly accounts: AccountsDiff;
}

type Planned =
  | { readonly ok: true; readonly tenants: readonly PlannedTenant[] }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Compares a tenants file with what is stored. Tenants that are not in the file are left alone and not mentioned. */
export async function planTenants(
  store: TenancyStore,
  keys: KeyRing,
  file: TenantsFile,
): Promise<TenantsPlan> {
  return planOf(await preparePlan(store, keys, file));
}

/** The plan with everything needed to carry it out: never shown, since it holds credentials. */
export async function preparePlan(store: TenancyStore, keys: KeyRing, file: TenantsFile): Promise<Planned> {
  const read = await Promise.all(
    Object.entries(file.tenants).map(async ([id, wanted]) => {
      const stored = await readStoredTenant(store, keys, id);
      return { id, stored, ...keepSealed(id, wanted, stored) };
    }),
  );
  const unkept = read.flatMap(({ problems }) => problems);
  const tenants = Object.fromEntries(read.map(({ id, config }) => [id, config]));
  const problems = unkept.length > 0 ? unkept : tenantsProblems({ tenants });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, tenants: read.map(({ id, stored, config }) => planTenant(id, stored, config, keys)) };
}

function planTenant(
  id: string,
  stored: StoredTenant | undefined,
  config: TenantConfig,
  keys: KeyRing,
): PlannedTenant {
  const accounts = diffAccounts(stored?.accounts ?? new Map(), config.accounts, keys);
  return {
    change: diffTenant(id, stored, config, accounts),
    version: stored?.version ?? 0,
    config,
    accounts,
  };
}

export const planOf = (planned: Planned): TenantsPlan =>
  planned.ok
    ? {
        ok: true,
        tenants: planned.tenants.map(({ change }) => change),
        changed: planned.tenants.some(({ change }) => change.change !== 'unchanged'),
      }
    : planned;
