import type { z } from 'zod';

/** What is wrong with one field: where, what, and how to mend it. Never quotes the value. */
export interface FieldProblem {
  /** Dotted path, e.g. `to.phone`; empty for the whole body. */
  readonly path: string;
  readonly problem: string;
}

/** Flattens zod issues into field problems. Values are never quoted, so that no code or address can slip into an error. */
export function fieldProblems(error: z.core.$ZodError): FieldProblem[] {
  return error.issues.flatMap((issue) => flatten(issue, []));
}

function flatten(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): FieldProblem[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...path, safeKey(key)].map(String).join('.'),
      problem: 'is not a known field; remove it or correct its name',
    }));
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return closest(issue.errors).flatMap((inner) => flatten(inner, path));
  return [{ path: path.map(String).join('.'), problem: sentence(issue) }];
}

/** Of a union's branches, the one with the fewest complaints is most likely the one that was meant. */
const closest = (branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] =>
  [...branches].sort((a, b) => a.length - b.length)[0] ?? [];

/** A key may itself be hostile input, or the code: only what is written as field names are is shown. */
const safeKey = (key: string): string => (/^[A-Za-z][a-z][A-Za-z_.-]{0,38}\d{0,2}$/.test(key) ? key : '…');

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    const missing = issue.message.endsWith('received undefined');
    return missing ? 'is required' : `must be of type ${issue.expected}`;
  }
  return issue.message;
}
