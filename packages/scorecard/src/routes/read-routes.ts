import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { appEntry } from '@otp-relay/e2e/world';

/** A route of the api's own table, one method each, with what its OpenAPI document says to send. */
export interface ApiRoute {
  readonly method: string;
  readonly url: string;
  readonly access: string;
  /** Names of the path's parameters, in order. */
  readonly params: readonly string[];
  readonly query: readonly string[];
  /** Bodies that the route would take; empty when it takes none. */
  readonly bodies: readonly unknown[];
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
interface Schema {
  readonly $ref?: string;
  readonly examples?: readonly unknown[];
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** Every route there is, asked of the program itself: a route nobody wrote down cannot be forgotten. */
export async function readRoutes(
  apiUrl: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly ApiRoute[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [appEntry('api'), '--print-routes'], {
    env,
  });
  const table = JSON.parse(stdout) as { method: string[]; url: string; access: string }[];
  const document = (await (await fetch(`${apiUrl}/openapi.json`)).json()) as Document;
  return table.flatMap(({ method, url, access }) =>
    method.map((verb) => {
      const operation = document.paths[url.replace(/:(\w+)/g, '{$1}')]?.[verb.toLowerCase()];
      return {
        method: verb,
        url,
        access,
        params: [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name),
        query: (operation?.parameters ?? []).flatMap((parameter) =>
          parameter.in === 'query' ? [parameter.name] : [],
        ),
        bodies: bodiesOf(operation, document),
      };
    }),
  );
}

function bodiesOf(operation: Operation | undefined, document: Document): readonly unknown[] {
  const schema = operation?.requestBody?.content['application/json']?.schema;
  if (!schema) return [];
  const name = schema.$ref?.split('/').at(-1);
  const named = name === undefined ? undefined : document.components?.schemas?.[name];
  return schema.examples ?? named?.examples ?? [{}];
}

/** The path with its parameters filled in, in order. */
export const filled = (url: string, values: readonly string[]): string => {
  let at = 0;
  return url.replace(/:\w+/g, () => encodeURIComponent(values[at++] ?? ''));
};
