import type { FieldProblem } from '@otp-relay/contracts';
import type { Env } from '@otp-relay/runtime';

const placeholder = /\$\{([^}]*)\}/g;
const name = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Puts the environment's values where a text says `${NAME}`; names every variable that is missing and where it is wanted. */
export function fillPlaceholders(
  value: unknown,
  env: Env,
  path = '',
): { readonly value: unknown; readonly problems: readonly FieldProblem[] } {
  if (typeof value === 'string') return fillText(value, env, path);
  if (typeof value !== 'object' || value === null) return { value, problems: [] };
  const problems: FieldProblem[] = [];
  const inner = Object.entries(value).map(([key, part]) => {
    const filled = fillPlaceholders(part, env, path === '' ? key : `${path}.${key}`);
    problems.push(...filled.problems);
    return [key, filled.value] as const;
  });
  return {
    value: Array.isArray(value) ? inner.map(([, part]) => part) : Object.fromEntries(inner),
    problems,
  };
}

function fillText(text: string, env: Env, path: string): { value: string; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const value = text.replace(placeholder, (whole, variable: string) => {
    if (!name.test(variable))
      problems.push({
        path,
        problem: `has the placeholder "${whole}", which names no variable — write \${NAME}`,
      });
    else if (!env[variable])
      problems.push({ path, problem: `needs the environment variable ${variable}, which is not set` });
    return env[variable] ?? whole;
  });
  return { value, problems };
}
