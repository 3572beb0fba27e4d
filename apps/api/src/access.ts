import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, createAuthenticator } from './authenticate.ts';
import { operatorCheck } from './operator-check.ts';
import type { ApiPorts } from './ports.ts';
import { sendProblem } from './problem.ts';
import type { Access } from './route.ts';

/** Who administers, and as whom it is recorded: the operator every tenant, a key its own. */
export type Admin =
  | { readonly kind: 'operator'; readonly actor: string }
  | { readonly kind: 'key'; readonly actor: string; readonly tenantId: string };

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard of a route that wants an API key. */
    caller: Caller | null;
    /** Set by the guard of a route that administers. */
    admin: Admin | null;
  }
}

/** Runs before the body is read; it answers itself when the caller may not pass. */
export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** The guard of each kind of access; `public` has none. */
export function createGuards(ports: ApiPorts): Readonly<Record<Exclude<Access, 'public'>, Guard>> {
  const authenticator = createAuthenticator(ports);

  const isOperator = operatorCheck(ports.settings.OTP_ADMIN_TOKEN);
  const wants =
    (scope: 'read' | 'send' | 'check'): Guard =>
    async (request, reply) => {
      const caller = await authenticator.authenticate(request.headers.authorization);
      if (!caller) return refuse(reply, 'Bearer realm="otp-relay"');
      if (!caller.scopes.includes(scope)) return lacks(scope, reply);
      request.caller = caller;
    };

  const administers: Guard = async (request, reply) => {
    const caller = await authenticator.authenticate(request.headers.authorization);
    if (!caller) return refuse(reply, 'Bearer realm="otp-relay"');
    // A test key could make itself a live one.
    if (!caller.scopes.includes('admin') || caller.mode !== 'live') return lacks('admin', reply);
    request.caller = caller;
    request.admin = { kind: 'key', actor: caller.keyId, tenantId: caller.tenantId };
  };

  const metricsToken = ports.settings.OTP_METRICS_TOKEN;
  return {
    read: wants('read'),
    send: wants('send'),
    check: wants('check'),
    admin: administers,
    operator: async (request, reply) => {
      if (!isOperator(request.headers.authorization)) return administers(request, reply);
      request.admin = { kind: 'operator', actor: 'operator' };
    },
    metrics: async (request, reply) => {
      const allowed =
        metricsToken === undefined
          ? isOwnMachine(request)
          : sameText(request.headers.authorization ?? '', `Bearer ${metricsToken}`);
      if (!allowed) return refuse(reply, 'Bearer realm="otp-relay metrics"');
    },
  };
}

const lacks = (scope: string, reply: FastifyReply): FastifyReply =>
  sendProblem(
    reply.header(
      'www-authenticate',
      `Bearer realm="otp-relay", error="insufficient_scope", scope="${scope}"`,
    ),
    'OTP_FORBIDDEN',
    { detail: `This needs the scope "${scope}".` },
  );

/** Who administers on a route that wants it. */
export function adminOf({ admin }: { readonly admin: Admin | null }): Admin {
  if (!admin) throw new Error('this route has no guard');
  return admin;
}

/** The caller of a route that wants a key. */
export function callerOf({ caller }: { readonly caller: Caller | null }): Caller {
  if (!caller) throw new Error('this route has no guard');
  return caller;
}

/** `challenge` goes into WWW-Authenticate. */
export const refuse = (reply: FastifyReply, challenge: string): FastifyReply =>
  sendProblem(reply.header('www-authenticate', challenge), 'OTP_UNAUTHENTICATED');

/** Constant time, whatever the lengths. */
export const sameText = (given: string, expected: string): boolean =>
  timingSafeEqual(digest(given), digest(expected));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/** A reverse proxy on this machine also calls from loopback, but says for whom. */
const isOwnMachine = ({ socket, headers }: FastifyRequest): boolean =>
  loopback.test(socket.remoteAddress ?? '') &&
  headers['x-forwarded-for'] === undefined &&
  headers.forwarded === undefined;
