import fc from 'fast-check';
import { type JsonSchema, odd, type Resolve, valuesOf } from './values-of.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

interface Described {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

/** One route under one method, with what can be sent to it. */
export interface Operation {
  readonly name: string;
  readonly requests: fc.Arbitrary<FuzzedRequest>;
}

export interface FuzzedRequest {
  /** Of the operation it was made for, e.g. `POST /v1/verifications`. */
  readonly name: string;
  readonly method: string;
  /** With its query, escaped. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Things that exist, by the name of the path parameter: most requests should get past the look-up. */
export type Existing = Readonly<Record<string, readonly string[]>>;

/** Every route × method of an OpenAPI document. */
export function operationsOf(openApi: unknown, existing: Existing): readonly Operation[] {
  const { paths, components } = openApi as Document;
  const resolve: Resolve = (ref) => components.schemas[ref.replace('#/components/schemas/', '')] ?? {};
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      name: `${method.toUpperCase()} ${path}`,
      requests: requestsOf(method.toUpperCase(), path, described, { resolve, existing }),
    })),
  );
}

function requestsOf(
  method: string,
  path: string,
  { parameters = [], requestBody }: Described,
  { resolve, existing }: { resolve: Resolve; existing: Existing },
): fc.Arbitrary<FuzzedRequest> {
  const wordFor = (name: string, schema: JsonSchema): fc.Arbitrary<string> =>
    fc.oneof(...(existing[name] ? [{ arbitrary: fc.constantFrom(...existing[name]), weight: 4 }] : []), {
      arbitrary: valuesOf(schema, resolve).map(wordOf),
      weight: 1,
    });
  const placed = (place: string) =>
    fc.record(
      Object.fromEntries(
        parameters.filter((one) => one.in === place).map(({ name, schema }) => [name, wordFor(name, schema)]),
      ),
      place === 'path' ? {} : { requiredKeys: [] },
    ) as fc.Arbitrary<Record<string, string>>;
  const schema = requestBody?.content['application/json']?.schema;
  return fc
    .record({
      inPath: placed('path'),
      query: placed('query'),
      headers: placed('header'),
      body: bodies(schema, resolve),
    })
    .map(({ inPath, query, headers, body }) => {
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath[name] || 'x'));
      const search = new URLSearchParams(query).toString();
      return {
        name: `${method} ${path}`,
        method,
        path: search === '' ? filled : `${filled}?${search}`,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\x7e]/g, '')]),
        ),
        body: method === 'GET' ? null : body,
      };
    });
}

/** Well-formed JSON of the schema, bent; JSON of anything; text that is none. */
function bodies(schema: JsonSchema | undefined, resolve: Resolve): fc.Arbitrary<string | null> {
  const json = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
    value.map((one) => JSON.stringify(one) ?? 'null');
  return fc.oneof(
    { arbitrary: json(schema ? valuesOf(schema, resolve) : odd), weight: 10 },
    { arbitrary: json(odd), weight: 2 },
    { arbitrary: fc.constantFrom(null, ...broken), weight: 1 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 200 }), weight: 1 },
  );
}

const broken = [
  '',
  '{',
  '{"to":',
  '[1,2',
  'undefined',
  'NaN',
  '"\\ud800"',
  '{"a":1,"a":2}',
  '{"__proto__":1}',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `{"to":"${'x'.repeat(70_000)}"}`,
  '{"a":1e400}',
  '\u0000',
  '\ufeff{}',
] as const;

const wordOf = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replace(/[\ud800-\udfff]/g, '?').slice(0, 300);
