import type { ChangeView } from '@otp-relay/contracts';
import { changeTenant, getTenant, operatorOnlyProblems } from '@otp-relay/engine';
import type { FastifyReply } from 'fastify';
import type { Admin } from '../access.ts';
import type { ApiPorts } from '../ports.ts';
import { sendProblem } from '../problem.ts';

export interface Change {
  readonly tenantId: string;
  readonly admin: Admin;
  /** The whole tenant as it shall be; what is not an object is refused with the problems of one. */
  readonly config: unknown;
  readonly dryRun: boolean;
  /** Of `If-Match`. */
  readonly basedOn: number | undefined;
  /** Where in the tenant the caller's body stands, so that problems name the caller's own fields, e.g. `accounts.acme-sms`. */
  readonly at?: string;
}

/** Carries a change out, or only plans it, and answers with what it is. */
export async function answerChange(
  { tenantId, admin, config, dryRun, basedOn, at = '' }: Change,
  reply: FastifyReply,
  ports: ApiPorts,
): Promise<unknown> {
  const store = ports.store.by(admin.actor);
  if (admin.kind === 'key') {
    const stored = await getTenant(store, ports.keys, tenantId);
    const problems = operatorOnlyProblems(stored?.accounts ?? {}, accountsOf(config));
    if (problems.length > 0)
      return sendProblem(reply, 'OTP_INVALID_REQUEST', { problems: below(at, problems) });
  }
  const changed = await changeTenant(store, ports.keys, tenantId, config, { dryRun, basedOn });
  if (changed.kind === 'refused')
    return sendProblem(reply, 'OTP_INVALID_REQUEST', { problems: below(at, changed.problems) });
  reply.header('etag', etagOf(changed.version));
  if (changed.kind === 'conflict') return sendProblem(reply, 'OTP_CHANGED');
  const { change, lines } = changed.change;
  if (change === 'created' && !dryRun) reply.code(201);
  const view: ChangeView = {
    id: tenantId,
    change,
    dryRun,
    version: changed.version,
    lines: lines.map(({ sign, depth, text }) => `${'  '.repeat(depth)}${sign} ${text}`),
  };
  return view;
}

export const etagOf = (version: number): string => `"${version}"`;

/** The version `If-Match` names; `"0"` and `If-None-Match: *` mean: only if there is none. */
export function basedOnOf(headers: Readonly<Record<string, unknown>>): number | undefined {
  if (headers['if-none-match'] === '*') return 0;
  const [, digits] = /^"(\d{1,9})"$/.exec(String(headers['if-match'] ?? '')) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

type Problem = { readonly path: string; readonly problem: string };

const below = (at: string, problems: readonly Problem[]): Problem[] =>
  problems.map(({ path, problem }) => ({
    path: at !== '' && path.startsWith(`${at}.`) ? path.slice(at.length + 1) : path,
    problem,
  }));

/** Of a body nobody has checked yet, the accounts that look like some. */
function accountsOf(config: unknown): Parameters<typeof operatorOnlyProblems>[1] {
  const accounts = isRecord(config) && isRecord(config.accounts) ? config.accounts : {};
  return Object.fromEntries(
    Object.entries(accounts).map(([id, account]) => [
      id,
      { settings: isRecord(account) && isRecord(account.settings) ? account.settings : {} },
    ]),
  ) as Parameters<typeof operatorOnlyProblems>[1];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
