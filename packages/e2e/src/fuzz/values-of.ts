import fc from 'fast-check';

/** The part of JSON Schema (2020-12) that the OpenAPI document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly examples?: readonly unknown[];
}

/** Looks up `#/components/schemas/…`. */
export type Resolve = (ref: string) => JsonSchema;

/** What breaks programs: ends of ranges, texts that are something else to another program, keys of prototypes. */
export const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, 0, -1, 1e308, -0, 2 ** 53, 0.1, '', ' ', '\u0000', '\ud800', '\u202e', 'null', '0', '-1'],
    ...[
      '../../etc/passwd',
      "' or 1=1--",
      '{{7*7}}',
      '<script>',
      '%00',
      '\\u0000',
      '\ufeff',
      'x'.repeat(10_000),
    ],
    ...[
      '2026-13-45T99:99:99Z',
      '+0',
      'a@b',
      'vrf_',
      'constructor',
      '__proto__',
      [],
      {},
      [[]],
      [null],
      { '': '' },
    ],
    JSON.parse('{"__proto__":{"polluted":true}}'),
    JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values of a schema: most parts as described, some bent, left out, added or of another kind. */
export function valuesOf(schema: JsonSchema, resolve: Resolve, depth = 0): fc.Arbitrary<unknown> {
  const good = described(schema, resolve, depth);
  return fc.oneof({ arbitrary: good, weight: 20 }, { arbitrary: odd, weight: 1 });
}

function described(schema: JsonSchema, resolve: Resolve, depth: number): fc.Arbitrary<unknown> {
  if (depth > 8) return fc.constant(null);
  if (schema.$ref !== undefined) return described(resolve(schema.$ref), resolve, depth);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(choice, resolve, depth + 1)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
    case 'number': {
      const min = Math.max(schema.minimum ?? -1_000, Number.MIN_SAFE_INTEGER);
      const max = Math.min(schema.maximum ?? 1_000_000, Number.MAX_SAFE_INTEGER);
      return fc.oneof(
        fc.constantFrom(min, max),
        fc.maxSafeInteger().map((n) => min + Math.abs(n % (max - min + 1))),
      );
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, resolve, depth + 1), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 4),
      });
    case 'object':
      return object(schema, resolve, depth);
    default:
      return odd;
  }
}

function text({ pattern, maxLength = 200 }: JsonSchema): fc.Arbitrary<unknown> {
  const any = fc.string({ maxLength: Math.min(maxLength, 300) });
  if (pattern === undefined) return any;
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    // Look-arounds cannot be drawn from.
    return any;
  }
}

function object(schema: JsonSchema, resolve: Resolve, depth: number): fc.Arbitrary<unknown> {
  const examples = schema.examples?.filter((one) => typeof one === 'object' && one !== null) ?? [];
  if (examples.length === 0) return drawn(schema, resolve, depth);
  const example = fc.constantFrom(...(examples as object[]));
  const part = drawn(schema, resolve, depth);
  // A right one with a part of a bent one: what is checked together is reached only by what is right alone.
  const mixed = fc.tuple(example, part, fc.nat()).map(([right, bent, dice]) => {
    const entries = typeof bent === 'object' && bent !== null ? Object.entries(bent) : [];
    const [key, value] = entries[dice % Math.max(entries.length, 1)] ?? ['x', null];
    return { ...right, [key]: value };
  });
  return fc.oneof(part, example, mixed);
}

function drawn(schema: JsonSchema, resolve: Resolve, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, valuesOf(one, resolve, depth + 1)]),
    ),
    { requiredKeys: [...required] },
  );
  const inner = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const more = fc.dictionary(
    fc.string({ maxLength: 12 }),
    inner ? valuesOf(inner, resolve, depth + 1) : odd,
    {
      maxKeys: 2,
    },
  );
  return fc
    .tuple(known, more, fc.integer({ min: 0, max: 9 }))
    .map(([own, extra, dice]) => (inner || dice === 0 ? { ...own, ...extra } : own));
}
