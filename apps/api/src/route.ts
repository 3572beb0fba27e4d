import type { IncomingMessage } from 'node:http';
import type {
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  HTTPMethods,
  RawServerDefault,
  RouteGenericInterface,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ApiPorts } from './ports.ts';

/**
 * Who may call: anyone, a key with that scope, or the holder of the metrics token. `admin` wants a live key, for its own
 * tenant; `operator` such a key or the operator's token, which is for all tenants.
 */
export type Access = 'public' | 'read' | 'send' | 'check' | 'admin' | 'operator' | 'metrics';

/**
 * How the body arrives: `json` parsed and limited to 64 kB, its fields checked by the engine; `raw` the bytes as they
 * came, up to 3 MB, because signatures cover them.
 */
export type Body = 'none' | 'json' | 'raw';

/** A request as the schema of its row describes it. */
export type Call<S extends FastifySchema = FastifySchema> = FastifyRequest<
  RouteGenericInterface,
  RawServerDefault,
  IncomingMessage,
  S,
  ZodTypeProvider
>;

/** Answers one route; what it returns is the body. */
export type Handle<S extends FastifySchema> = (
  call: Call<S>,
  reply: FastifyReply,
  ports: ApiPorts,
) => Promise<unknown>;

/** One line of the route table. */
export interface Route {
  readonly method: HTTPMethods | readonly HTTPMethods[];
  readonly url: string;
  readonly access: Access;
  readonly body: Body;
  readonly schema: FastifySchema;
  readonly handle: Handle<FastifySchema>;
}

/** Makes a line; the handler sees the types of its own schema, the table only that there is one. */
export const row = <S extends FastifySchema>(
  method: Route['method'],
  url: string,
  access: Access,
  body: Body,
  schema: S,
  handle: Handle<S>,
): Route => ({ method, url, access, body, schema, handle: handle as unknown as Handle<FastifySchema> });
