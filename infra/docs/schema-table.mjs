import { code, table } from './markdown.mjs';

/** A JSON Schema object as a table of its fields, inner objects by dotted path. */
export const schemaTable = (schema) =>
  table(
    ['field', 'type', 'required', 'default', 'rules'],
    rowsOf(schema, '').map(({ path, type, required, preset, rules }) => [
      code(path),
      type,
      required ? 'yes' : '',
      preset === undefined ? '' : code(JSON.stringify(preset)),
      rules,
    ]),
  );

function rowsOf(schema, prefix) {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix + name;
    const required = (schema.required ?? []).includes(name);
    const row = { path, type: typeOf(field), required, preset: field.default, rules: rulesOf(field) };
    return [row, ...innerOf(field, path)];
  });
}

function innerOf(field, path) {
  if (field.type === 'object' && field.properties) return rowsOf(field, `${path}.`);
  if (field.type === 'array') return innerOf(field.items ?? {}, `${path}[]`);
  if (typeof field.additionalProperties === 'object')
    return innerOf(field.additionalProperties, `${path}.<id>`);
  return (field.anyOf ?? []).flatMap((branch) => innerOf(branch, path));
}

function typeOf(field) {
  if (field.enum) return field.enum.map((value) => code(value)).join(' ');
  if (field.const !== undefined) return code(JSON.stringify(field.const));
  if (field.type === 'array') return `list of ${typeOf(field.items ?? {})}`;
  if (field.anyOf) return field.anyOf.map(typeOf).join(' or ');
  return field.type ?? 'any';
}

// Zod writes every whole number's natural bounds; they say nothing.
const telling = (bound) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;

function rulesOf(field) {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern, description } = field;
  return [
    description?.replace(/\.$/, ''),
    telling(minimum) && `at least ${minimum}`,
    telling(maximum) && `at most ${maximum}`,
    minLength !== undefined && `at least ${minLength} characters`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    minItems !== undefined && `at least ${minItems} entries`,
    maxItems !== undefined && `at most ${maxItems} entries`,
    pattern !== undefined && pattern.length <= 60 && `matches ${code(pattern)}`,
  ]
    .filter(Boolean)
    .join('; ');
}
