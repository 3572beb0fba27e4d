import type { FieldProblem } from '@otp-relay/contracts';
import type { KeyRing } from '@otp-relay/vault';
import { applyTenants } from './apply-tenants.ts';
import { planTenants } from './plan-tenants.ts';
import { readTenantsFile } from './read-tenants-file.ts';
import type { TenancyStore } from './stored-tenant.ts';
import type { TenantChange } from './tenant-change.ts';

export type ChangedTenant =
  | { readonly kind: 'done'; readonly change: TenantChange; readonly version: number }
  | { readonly kind: 'refused'; readonly problems: readonly FieldProblem[] }
  /** Somebody else changed it since the version this is based on. */
  | { readonly kind: 'conflict'; readonly version: number };

export interface ChangeOptions {
  /** Says what would change, and changes nothing. */
  readonly dryRun?: boolean;
  /** Only if this is still its version; 0: only if there is none. */
  readonly basedOn?: number | undefined;
}

/** Makes one stored tenant agree with a config as a tenants file has it; `[sealed]` keeps a stored credential. */
export async function changeTenant(
  store: TenancyStore,
  keys: KeyRing,
  id: string,
  config: unknown,
  { dryRun = false, basedOn }: ChangeOptions = {},
): Promise<ChangedTenant> {
  const versionOf = async (): Promise<number> => (await store.tenants.get(id))?.version ?? 0;
  const before = await versionOf();
  if (basedOn !== undefined && basedOn !== before) return { kind: 'conflict', version: before };
  const read = readTenantsFile({ tenants: { [id]: config } });
  if (!read.ok) return { kind: 'refused', problems: inside(id, read.problems) };
  const plan = await planTenants(store, keys, read.file);
  if (!plan.ok) return { kind: 'refused', problems: inside(id, plan.problems) };
  const [change] = plan.tenants;
  if (!change) throw new Error('a file with one tenant has a plan of one');
  if (dryRun || !plan.changed) return { kind: 'done', change, version: before };
  const applied = await applyTenants(store, keys, read.file, basedOn);
  if (!applied.ok) return { kind: 'conflict', version: await versionOf() };
  return { kind: 'done', change: applied.tenants[0] ?? change, version: await versionOf() };
}

/** Problems name the field inside the tenant: that is all the caller sent. */
const inside = (id: string, problems: readonly FieldProblem[]): FieldProblem[] =>
  problems.map(({ path, problem }) => ({
    path: path.replace(`tenants.${id}`, '').replace(/^\./, ''),
    problem,
  }));
