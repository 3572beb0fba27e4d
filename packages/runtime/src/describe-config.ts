import { z } from 'zod';

/** One environment variable, as reference pages and `.env.example` show it. */
export interface ConfigRow {
  readonly name: string;
  /** `port`, `url`, `a | b`, `string` … */
  readonly type: string;
  readonly required: boolean;
  readonly default?: string;
  readonly secret: boolean;
  readonly description?: string;
  readonly example?: string;
}

/** A zod object whose keys are environment variables. */
export type ConfigSchema = z.ZodObject;

/** Lists the variables of a schema in its order; `.meta({ secret, example, description, type })` on a field shows up here. */
export const describeConfig = (schema: ConfigSchema): ConfigRow[] =>
  Object.entries(schema.shape).map(([name, field]) => describeField(name, field));

function describeField(name: string, field: z.core.$ZodType): ConfigRow {
  const layers = layersOf(field);
  const meta = Object.assign({}, ...layers.map(metaOf).reverse()) as Record<string, unknown>;
  const preset = layers.map((layer): object => layer._zod.def).find(hasDefault);
  const text = (key: string): string | undefined => (meta[key] === undefined ? undefined : String(meta[key]));
  return {
    name,
    type: text('type') ?? typeOf(layers),
    required: !z.safeParse(field, undefined).success,
    secret: meta.secret === true,
    ...withText('default', preset && String(preset.defaultValue)),
    ...withText('description', text('description')),
    ...withText('example', text('example')),
  };
}

/** The field and everything it wraps, outermost first: `.default()`, `.optional()` and `.transform()` each add a layer. */
function layersOf(field: z.core.$ZodType): z.core.$ZodType[] {
  const def = field._zod.def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType };
  const inner = def.innerType ?? def.in;
  return inner ? [field, ...layersOf(inner)] : [field];
}

/** `meta` is on zod's own classes; an outer layer's words win over an inner one's. */
const metaOf = (layer: z.core.$ZodType): object =>
  'meta' in layer ? ((layer as z.ZodType).meta() ?? {}) : {};

const hasDefault = (def: object): def is { defaultValue: unknown } => 'defaultValue' in def;

function typeOf(layers: readonly z.core.$ZodType[]): string {
  const def = layers.at(-1)?._zod.def as { type: string; entries?: Record<string, string> } | undefined;
  return def?.entries ? Object.values(def.entries).join(' | ') : (def?.type ?? 'string');
}

const withText = <K extends string>(key: K, value: string | undefined): { [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: string });
