import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problem.ts';
import type { Route } from './route.ts';

/** 404, or 405 with `Allow` when the path is in the table under other methods. */
export function notFound(routes: readonly Route[]) {
  const patterns = routes.map((route) => ({
    path: new RegExp(`^${route.url.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`),
    methods: [route.method].flat(),
  }));
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [path = ''] = request.url.split('?');
    const methods = new Set(patterns.flatMap((pattern) => (pattern.path.test(path) ? pattern.methods : [])));
    if (methods.size === 0) return sendProblem(reply, 'OTP_NOT_FOUND');
    if (methods.has('GET')) methods.add('HEAD');
    return sendProblem(reply.header('allow', [...methods].join(', ')), 'OTP_METHOD_NOT_ALLOWED');
  };
}
