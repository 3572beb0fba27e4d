import type { StepConfig, TenantConfig } from '@otp-relay/contracts';
import type { AccountsDiff } from './diff-accounts.ts';
import { diffFields } from './diff-fields.ts';
import type { StoredTenant } from './stored-tenant.ts';
import type { DiffLine, TenantChange } from './tenant-change.ts';

/** Compares one tenant with what is stored under its id; the accounts were compared before. */
export function diffTenant(
  id: string,
  stored: StoredTenant | undefined,
  wanted: TenantConfig,
  accounts: AccountsDiff,
): TenantChange {
  const before = stored?.config ?? undefined;
  const lines: DiffLine[] = [
    ...diffFields(before && fieldsOf(before), fieldsOf(wanted), 1),
    ...accounts.lines,
    ...diffRoutes(before, wanted),
  ];
  if (stored && lines.length === 0) return { id, change: 'unchanged', lines: [] };
  const head: DiffLine = { sign: stored ? '~' : '+', depth: 0, text: `tenant ${id}` };
  return { id, change: stored ? 'changed' : 'created', lines: [head, ...lines] };
}

/** Everything that is neither an account nor a route: those are compared in their own words. */
const fieldsOf = ({ accounts, route, overrides, ...fields }: TenantConfig): object => fields;

function diffRoutes(before: TenantConfig | undefined, after: TenantConfig): DiffLine[] {
  const old = before ? routesOf(before) : new Map<string, string>();
  const lines: DiffLine[] = [];
  for (const [name, route] of routesOf(after)) {
    const was = old.get(name);
    old.delete(name);
    if (was === undefined) lines.push({ sign: '+', depth: 1, text: `${name}: ${route}` });
    else if (was !== route) lines.push({ sign: '~', depth: 1, text: `${name}: ${was}  ⇒  ${route}` });
  }
  for (const [name, route] of old) lines.push({ sign: '-', depth: 1, text: `${name}: ${route}` });
  return lines;
}

const routesOf = (tenant: TenantConfig): Map<string, string> =>
  new Map([
    ['route', routeText(tenant.route)],
    ...tenant.overrides.map((o) => [overrideName(o), routeText(o.route)] as const),
  ]);

const overrideName = (o: TenantConfig['overrides'][number]): string =>
  ['route for', o.purpose, o.callingCode && `+${o.callingCode}`].filter(Boolean).join(' ');

/** `whatsapp acme-wa 25s until read → sms acme-sms`: only what the tenant chose, defaults stay unsaid. */
export const routeText = (route: readonly StepConfig[]): string => route.map(stepText).join(' → ');

const stepText = ({ channel, account, timeoutMs, success }: StepConfig): string =>
  [channel, account, timeoutMs && `${timeoutMs / 1000}s`, success && `until ${success}`]
    .filter(Boolean)
    .join(' ');
