import type { ApiRoute } from './read-routes.ts';
import { filled } from './read-routes.ts';

/** One call that names something of another tenant, and the same call naming what nobody has. */
export interface ForeignCall {
  readonly route: ApiRoute;
  /** The id stands in the path, not in query or body. */
  readonly inPath: boolean;
  readonly foreign: Request;
  readonly control: Request;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** The attacking tenant and the one it is after. */
export interface Sides {
  readonly own: string;
  readonly other: string;
  /** Ids of the other tenant, of every kind. */
  readonly ids: readonly string[];
}

/**
 * Every way to name an id of another tenant in a call of this route: in each place of the path, in each field of the query, in
 * each text of the body, and as a tenant nobody asked for.
 */
export function foreignCalls(route: ApiRoute, sides: Sides): readonly ForeignCall[] {
  const bodies = route.bodies.length > 0 ? route.bodies : [undefined];
  return bodies.flatMap((body) => [...inPath(route, body, sides), ...besidePath(route, body, sides)]);
}

type Naming = (id: string) => { readonly path: string; readonly body?: unknown };

function callOf(route: ApiRoute, naming: Naming, id: string, inPath: boolean): ForeignCall {
  const request = (named: string): Request => ({
    method: route.method,
    ...naming(named),
  });
  return { route, inPath, foreign: request(id), control: request(nobodys(id)) };
}

function inPath(route: ApiRoute, body: unknown, { own, other, ids }: Sides): ForeignCall[] {
  const { url, params } = route;
  const sent = body === undefined ? {} : { body };
  return params.flatMap((name, place) => {
    // Behind the other tenant's name stand the names it has there; elsewhere it is its ids under the caller's own name.
    const others = params.length > 1 ? ids : [''];
    if (name === 'tenant')
      return others.map((id) =>
        callOf(
          route,
          (tenant) => ({
            path: filled(
              url,
              params.map((_, at) => (at === place ? tenant : id)),
            ),
            ...sent,
          }),
          other,
          true,
        ),
      );
    return ids.map((id) =>
      callOf(
        route,
        (named) => ({
          path: filled(
            url,
            params.map((param, at) => (at === place ? named : param === 'tenant' ? own : id)),
          ),
          ...sent,
        }),
        id,
        true,
      ),
    );
  });
}

function besidePath(route: ApiRoute, body: unknown, { own, other, ids }: Sides): ForeignCall[] {
  if (route.params.some((name) => name !== 'tenant')) return [];
  const path = filled(
    route.url,
    route.params.map(() => own),
  );
  const sent = body === undefined ? {} : { body };
  const inQuery = [...new Set([...route.query, 'tenant', 'tenantId', 'tenant_id'])].map(
    (name): Naming =>
      (id) => ({ path: `${path}?${name}=${encodeURIComponent(id)}`, ...sent }),
  );
  const inBody = typeof body === 'object' && body !== null ? bodiesNaming(body) : [];
  const namings = [
    ...inQuery,
    ...inBody.map(
      (make): Naming =>
        (id) => ({ path, body: make(id) }),
    ),
  ];
  return [other, ...ids].flatMap((id) => namings.map((naming) => callOf(route, naming, id, false)));
}

/** The body with each of its texts replaced in turn, and with a tenant in the places where one might be read. */
function bodiesNaming(body: object): ((id: string) => unknown)[] {
  const paths = textPaths(body);
  return [
    ...paths.map(
      (path) =>
        (id: string): unknown =>
          replaced(body, path, id),
    ),
    ...['tenant', 'tenantId'].map((name) => (id: string): unknown => ({ ...body, [name]: id })),
  ];
}

type Path = readonly (string | number)[];

function textPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textPaths(inner, [...path, key]));
}

function replaced(value: unknown, [key, ...rest]: Path, text: string): unknown {
  if (key === undefined) return text;
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) };
  const record = copy as Record<string | number, unknown>;
  record[key] = replaced(record[key], rest, text);
  return copy;
}

const swap: Readonly<Record<string, string>> = { '0': '1', a: 'b', z: 'y', '9': '8' };

/** An id of the same shape that nobody has: the last characters are others. */
export function nobodys(id: string): string {
  const tail = id.match(/[0-9a-z]{1,4}(?=(?:_\d+_\d+)?$)/);
  if (!tail || tail.index === undefined) return `${id}x`;
  const other = [...tail[0]]
    .map((c) => swap[c] ?? (/[0-8]/.test(c) ? String(Number(c) + 1) : nextLetter(c)))
    .join('');
  return id.slice(0, tail.index) + other + id.slice(tail.index + tail[0].length);
}

/** Crockford's letters: no i, l, o, u. */
const letters = 'abcdefghjkmnpqrstvwxyz';
const nextLetter = (c: string): string => letters[(letters.indexOf(c) + 1) % letters.length] ?? 'q';
