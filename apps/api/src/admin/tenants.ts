import { getTenant } from '@otp-relay/engine';
import { adminOf } from '../access.ts';
import type * as docs from '../docs/admin.ts';
import { sendProblem } from '../problem.ts';
import type { Handle } from '../route.ts';
import { administered } from './administered.ts';
import { answerChange, basedOnOf, etagOf } from './change.ts';

/** Every tenant for the operator, its own for a key. */
export const listTenants: Handle<typeof docs.tenants> = async (call, _reply, ports) => {
  const admin = adminOf(call);
  const own = admin.kind === 'key' ? await ports.store.tenants.get(admin.tenantId) : undefined;
  const rows = admin.kind === 'operator' ? await ports.store.tenants.list() : own ? [own] : [];
  return {
    tenants: rows.map(({ id, name, version, updatedAt }) => ({
      id,
      name,
      version,
      updatedAt: new Date(updatedAt).toISOString(),
    })),
  };
};

/** The tenant as its file would say it, credentials masked. */
export const showTenant: Handle<typeof docs.tenant> = async (call, reply, ports) => {
  const found = administered(call, reply);
  if (!found) return reply;
  const row = await ports.store.tenants.get(found.tenantId);
  const tenant = row && (await getTenant(ports.store, ports.keys, found.tenantId));
  if (!tenant) return sendProblem(reply, 'OTP_NOT_FOUND');
  reply.header('etag', etagOf(row.version));
  return tenant;
};

/** Makes the tenant as the body says; only the operator makes a new one. */
export const putTenant: Handle<typeof docs.putTenant> = async (call, reply, ports) => {
  const found = administered(call, reply);
  if (!found) return reply;
  return answerChange(
    { ...found, config: call.body, dryRun: call.query.dryRun, basedOn: basedOnOf(call.headers) },
    reply,
    ports,
  );
};

/** The order of channels, and its exceptions. */
export const showRoute: Handle<typeof docs.showRoute> = async (call, reply, ports) => {
  const found = administered(call, reply);
  if (!found) return reply;
  const tenant = await getTenant(ports.store, ports.keys, found.tenantId);
  if (!tenant) return sendProblem(reply, 'OTP_NOT_FOUND');
  return { route: tenant.route, overrides: tenant.overrides };
};

/** Replaces the order of channels; verifications in flight keep theirs. */
export const putRoute: Handle<typeof docs.putRoute> = async (call, reply, ports) => {
  const found = administered(call, reply);
  if (!found) return reply;
  const tenant = await getTenant(ports.store, ports.keys, found.tenantId);
  if (!tenant) return sendProblem(reply, 'OTP_NOT_FOUND');
  const body = typeof call.body === 'object' && call.body !== null ? call.body : {};
  const { route, overrides, ...unknown } = body as Record<string, unknown>;
  const strangers = Object.keys(unknown).length;
  if (strangers > 0)
    return sendProblem(reply, 'OTP_INVALID_REQUEST', {
      problems: [{ path: '', problem: 'holds fields besides "route" and "overrides"' }],
    });
  return answerChange(
    {
      ...found,
      config: { ...tenant, route, ...(overrides !== undefined && { overrides }) },
      dryRun: call.query.dryRun,
      basedOn: basedOnOf(call.headers),
    },
    reply,
    ports,
  );
};
