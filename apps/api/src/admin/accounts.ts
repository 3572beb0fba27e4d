import { getTenant } from '@otp-relay/engine';
import type { FastifyReply } from 'fastify';
import type { Admin } from '../access.ts';
import type * as docs from '../docs/admin.ts';
import type { ApiPorts } from '../ports.ts';
import { sendProblem } from '../problem.ts';
import type { Handle } from '../route.ts';
import { administered } from './administered.ts';
import { answerChange, basedOnOf } from './change.ts';

type Tenant = NonNullable<Awaited<ReturnType<typeof getTenant>>>;
type Found = { readonly tenantId: string; readonly admin: Admin; readonly tenant: Tenant };

/** The accounts with their settings; of a credential only its name. */
export const listAccounts: Handle<typeof docs.accounts> = async (call, reply, ports) => {
  const found = await tenantOf(administered(call, reply), reply, ports);
  return found ? { accounts: found.tenant.accounts } : reply;
};

/** One account. */
export const showAccount: Handle<typeof docs.account> = async (call, reply, ports) => {
  const found = await tenantOf(administered(call, reply), reply, ports);
  if (!found) return reply;
  return accountOf(found.tenant, call.params.account) ?? sendProblem(reply, 'OTP_NOT_FOUND');
};

/** Creates or replaces an account; `[sealed]` keeps a stored credential. */
export const putAccount: Handle<typeof docs.putAccount> = async (call, reply, ports) => {
  const found = await tenantOf(administered(call, reply), reply, ports);
  if (!found) return reply;
  const { account } = call.params;
  return answerChange(
    {
      ...found,
      config: { ...found.tenant, accounts: { ...found.tenant.accounts, [account]: call.body } },
      dryRun: call.query.dryRun,
      basedOn: basedOnOf(call.headers),
      at: `accounts.${account}`,
    },
    reply,
    ports,
  );
};

/** Removes an account that no step of the route names any more. */
export const removeAccount: Handle<typeof docs.removeAccount> = async (call, reply, ports) => {
  const found = await tenantOf(administered(call, reply), reply, ports);
  if (!found) return reply;
  const { account } = call.params;
  if (!accountOf(found.tenant, account)) return sendProblem(reply, 'OTP_NOT_FOUND');
  const { [account]: _gone, ...accounts } = found.tenant.accounts;
  return answerChange(
    {
      ...found,
      config: { ...found.tenant, accounts },
      dryRun: call.query.dryRun,
      basedOn: basedOnOf(call.headers),
    },
    reply,
    ports,
  );
};

/** Own properties only: an id from a path may be `constructor`. */
const accountOf = (tenant: Tenant, id: string): Tenant['accounts'][string] | undefined =>
  Object.hasOwn(tenant.accounts, id) ? tenant.accounts[id] : undefined;

async function tenantOf(
  found: { readonly tenantId: string; readonly admin: Admin } | undefined,
  reply: FastifyReply,
  ports: ApiPorts,
): Promise<Found | undefined> {
  if (!found) return undefined;
  const tenant = await getTenant(ports.store, ports.keys, found.tenantId);
  if (tenant) return { ...found, tenant };
  sendProblem(reply, 'OTP_NOT_FOUND');
  return undefined;
}
