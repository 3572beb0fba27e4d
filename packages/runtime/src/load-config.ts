import { inspect } from 'node:util';
import type { z } from 'zod';
import { ConfigFault, type ConfigProblem } from './config-fault.ts';
import { type ConfigRow, type ConfigSchema, describeConfig } from './describe-config.ts';

/** The environment: names to texts. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads the schema's variables from `env` once; blank counts as not set. The result is deeply frozen and prints masked.
 * Throws {@link ConfigFault} with all problems at once, secrets masked.
 */
export function loadConfig<S extends ConfigSchema>(schema: S, env: Env): z.output<S> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name]?.trim();
    if (value) given[name] = value;
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new ConfigFault(problemsOf(schema, parsed.error.issues, given));
  const masked = (): Record<string, string> => maskConfig(schema, parsed.data);
  // A frozen config is handed to many places; none of them can print a secret of it by accident.
  Object.defineProperties(parsed.data, { toJSON: { value: masked }, [inspect.custom]: { value: masked } });
  return deepFreeze(parsed.data);
}

/** The settings in force as `NAME: text`, secrets masked, variables without a value left out; for `--print-config`. */
export function maskConfig(
  schema: ConfigSchema,
  config: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const rows = describeConfig(schema).filter(({ name }) => config[name] !== undefined);
  return Object.fromEntries(rows.map((row) => [row.name, mask(String(config[row.name]), row.secret)]));
}

function problemsOf(
  schema: ConfigSchema,
  issues: readonly z.core.$ZodIssue[],
  given: Readonly<Record<string, string>>,
): ConfigProblem[] {
  const rows = new Map(describeConfig(schema).map((row) => [row.name, row]));
  return issues.map((issue) => {
    const name = String(issue.path[0] ?? 'settings');
    const row = rows.get(name);
    const value = given[name];
    if (value === undefined) {
      return { name, problem: issue.code === 'custom' ? issue.message : 'is not set', ...exampleOf(row) };
    }
    const secret = row?.secret ?? false;
    const problem = secret ? issue.message.replaceAll(value, '****') : issue.message;
    return { name, problem, value: mask(value, secret), ...exampleOf(row) };
  });
}

const exampleOf = (row: ConfigRow | undefined): { example?: string } =>
  row?.example === undefined ? {} : { example: row.example };

/** A secret shows only that it is there; of any other value, the user and password of a URL are hidden. */
const mask = (value: string, secret: boolean): string =>
  secret ? `**** (${value.length} characters)` : value.replace(/(:\/\/)[^/?#\s]*@/g, '$1****@');

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
