import { shelf } from '@otp-relay/channels';
import {
  accountConfig,
  type FieldProblem,
  fieldProblems,
  type StepConfig,
  type TenantConfig,
  type TenantsFile,
  tenantsFile,
} from '@otp-relay/contracts';
import type { ProviderName } from '@otp-relay/core';
import { sealedMark } from './keep-sealed.ts';

export type ReadTenantsFile =
  | { readonly ok: true; readonly file: TenantsFile }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Checks a tenants file completely, shape and accounts, and names every problem at once. Values are never quoted. */
export function readTenantsFile(input: unknown): ReadTenantsFile {
  const parsed = tenantsFile.safeParse(input);
  if (parsed.success) {
    const problems = tenantsProblems(parsed.data);
    return problems.length === 0 ? { ok: true, file: parsed.data } : { ok: false, problems };
  }
  return { ok: false, problems: [...fieldProblems(parsed.error), ...readableAccountProblems(input)] };
}

/** What the providers have to say about a file whose shape is right: accounts they refuse, levels they cannot report. */
export const tenantsProblems = (file: TenantsFile): FieldProblem[] =>
  Object.entries(file.tenants).flatMap(([id, tenant]) => [
    ...Object.entries(tenant.accounts).flatMap(([account, config]) =>
      accountProblems(`tenants.${id}.accounts.${account}`, config),
    ),
    ...levelProblems(`tenants.${id}`, tenant),
  ]);

interface Account {
  readonly provider: ProviderName;
  readonly settings: unknown;
  readonly credentials: unknown;
}

function accountProblems(path: string, { provider, settings, credentials }: Account): FieldProblem[] {
  const parsed = shelf[provider].parseAccount({ settings, credentials });
  if (parsed.ok) return [];
  return parsed.problems
    .filter((problem) => !isKept(problem.path, credentials))
    .map((problem) => ({
      path: problem.path === '' ? path : `${path}.${problem.path}`,
      problem: `${wordOf[problem.problem] ?? `is ${problem.problem}`} — ${problem.fix}`,
    }));
}

const wordOf: Readonly<Record<string, string>> = {
  missing: 'is required',
  'unknown field': 'is not a known field',
};

/** A stored credential that the file keeps is judged with its value, which this file does not know. */
function isKept(path: string, credentials: unknown): boolean {
  const [part, name] = path.split('.');
  return part === 'credentials' && isRecord(credentials) && credentials[name ?? ''] === sealedMark;
}

function levelProblems(path: string, tenant: TenantConfig): FieldProblem[] {
  const routes = [
    { path: `${path}.route`, route: tenant.route },
    ...tenant.overrides.map((o, index) => ({ path: `${path}.overrides.${index}.route`, route: o.route })),
  ];
  return routes.flatMap(({ path: at, route }) =>
    route.flatMap((step, index) => {
      const problem = levelProblem(step, tenant);
      return problem === undefined ? [] : [{ path: `${at}.${index}.success`, problem }];
    }),
  );
}

/** A step that waits for a level its provider never reports would always time out. */
function levelProblem(step: StepConfig, tenant: TenantConfig): string | undefined {
  const provider = tenant.accounts[step.account]?.provider;
  if (step.success === undefined || provider === undefined) return undefined;
  const { success } = shelf[provider].capabilities;
  if (success.includes(step.success)) return undefined;
  return `must be one of ${success.join(', ')}: ${provider} reports nothing beyond`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The accounts that can be read although something else in the file cannot: one run should name everything. */
function readableAccountProblems(input: unknown): FieldProblem[] {
  const tenants = isRecord(input) && isRecord(input.tenants) ? input.tenants : {};
  return Object.entries(tenants).flatMap(([id, tenant]) => {
    const accounts = isRecord(tenant) && isRecord(tenant.accounts) ? tenant.accounts : {};
    return Object.entries(accounts).flatMap(([account, config]) => {
      const parsed = accountConfig.safeParse(config);
      return parsed.success ? accountProblems(`tenants.${id}.accounts.${account}`, parsed.data) : [];
    });
  });
}
