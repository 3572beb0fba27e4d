import { type KeyView, keyBody, keyScopes, replaceBody } from '@otp-relay/contracts';
import { issueApiKey, replaceApiKey } from '@otp-relay/engine';
import type { StoredApiKey } from '@otp-relay/store';
import type { FastifyReply } from 'fastify';
import type * as docs from '../docs/admin.ts';
import type { ApiPorts } from '../ports.ts';
import { sendProblem } from '../problem.ts';
import type { Handle } from '../route.ts';
import { administered } from './administered.ts';
import { readBody } from './read-body.ts';

/** The keys of a tenant, without their secrets. */
export const listKeys: Handle<typeof docs.keys> = async (call, reply, ports) => {
  const found = administered(call, reply);
  if (!found) return reply;
  if (!(await exists(found.tenantId, reply, ports))) return reply;
  const now = await ports.store.now();
  const keys = await ports.store.apiKeys.list(found.tenantId);
  return { keys: keys.map((key) => viewOf(key, now)) };
};

/** Makes a key; its secret is in this answer and nowhere else. */
export const createKey: Handle<typeof docs.createKey> = async (call, reply, ports) => {
  const found = administered(call, reply);
  if (!found) return reply;
  const { tenantId, admin } = found;
  if (!(await exists(tenantId, reply, ports))) return reply;
  const body = readBody(keyBody, call.body, reply);
  if (!body) return reply;
  const { expiresAt, ...wanted } = body;
  const endsAt = expiresAt === undefined ? undefined : Date.parse(expiresAt);
  if (endsAt !== undefined && endsAt <= (await ports.store.now()))
    return sendProblem(reply, 'OTP_INVALID_REQUEST', {
      problems: [{ path: 'expiresAt', problem: 'must be in the future' }],
    });
  const { id, secret } = await issueApiKey(ports.store.by(admin.actor), ports.pepper, {
    ...wanted,
    tenantId,
    ...(endsAt !== undefined && { expiresAt: endsAt }),
  });
  reply.code(201).header('cache-control', 'no-store');
  return { id, secret: secret.reveal(), expiresAt: instantOf(endsAt ?? null) };
};

/** Makes a second key that may do the same; the first one ends after a while. */
export const replaceKey: Handle<typeof docs.replaceKey> = async (call, reply, ports) => {
  const found = administered(call, reply);
  if (!found) return reply;
  const { tenantId, admin } = found;
  const body = readBody(replaceBody, call.body, reply);
  if (!body) return reply;
  const now = await ports.store.now();
  const old = { tenantId, id: call.params.key };
  const replaced = await replaceApiKey(ports.store.by(admin.actor), ports.pepper, old, { ...body, now });
  if (!replaced) return sendProblem(reply, 'OTP_NOT_FOUND');
  reply.code(201).header('cache-control', 'no-store');
  return { id: replaced.id, secret: replaced.secret.reveal(), oldEndsAt: instantOf(replaced.oldEndsAt) };
};

/** Ends a key for good; every process notices within five seconds. */
export const revokeKey: Handle<typeof docs.revokeKey> = async (call, reply, ports) => {
  const found = administered(call, reply);
  if (!found) return reply;
  const revoked = await ports.store.by(found.admin.actor).apiKeys.revoke(found.tenantId, call.params.key);
  return revoked ? { id: call.params.key, state: 'revoked' } : sendProblem(reply, 'OTP_NOT_FOUND');
};

async function exists(tenantId: string, reply: FastifyReply, ports: ApiPorts): Promise<boolean> {
  if (await ports.store.tenants.get(tenantId)) return true;
  sendProblem(reply, 'OTP_NOT_FOUND');
  return false;
}

const viewOf = (key: StoredApiKey, now: number): KeyView => ({
  id: key.id,
  name: key.name,
  mode: key.mode,
  scopes: keyScopes.filter((scope) => key.scopes.includes(scope)),
  state:
    key.revokedAt !== null ? 'revoked' : key.expiresAt !== null && key.expiresAt <= now ? 'expired' : 'works',
  createdAt: new Date(key.createdAt).toISOString(),
  expiresAt: instantOf(key.expiresAt),
  revokedAt: instantOf(key.revokedAt),
  lastUsedAt: instantOf(key.lastUsedAt),
});

const instantOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
