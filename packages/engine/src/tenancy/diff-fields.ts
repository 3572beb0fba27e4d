import type { DiffLine } from './tenant-change.ts';

const longest = 60;

/** A value as one short line: texts bare, everything else as JSON. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** `{a: {b: 1}}` → `a.b` → 1; a list is one value, since its order has a meaning. */
export function flatten(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return value === undefined ? new Map() : new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [
      ...flatten(inner, path === '' ? key : `${path}.${key}`),
    ]),
  );
}

/** The fields that were added, taken away or changed, in the order of `after`. */
export function diffFields(before: unknown, after: unknown, depth: number): DiffLine[] {
  const old = flatten(before);
  const lines: DiffLine[] = [];
  for (const [path, value] of flatten(after)) {
    const had = old.has(path);
    const was = old.get(path);
    old.delete(path);
    if (!had) lines.push({ sign: '+', depth, text: `${path}: ${shown(value)}` });
    else if (!same(was, value))
      lines.push({ sign: '~', depth, text: `${path}: ${shown(was)} → ${shown(value)}` });
  }
  for (const [path, was] of old) lines.push({ sign: '-', depth, text: `${path}: ${shown(was)}` });
  return lines;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
