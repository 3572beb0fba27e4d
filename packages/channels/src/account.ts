import { randomBytes } from 'node:crypto';
import { Secret } from '@otp-relay/core';
import { z } from 'zod';
import type { AccountInput, AccountProblem, ParsedAccount } from './provider.ts';

/**
 * Parses an account, naming every wrong field by its path (`settings.from`, `credentials.authToken`).
 * Schemas give each rule as a `fix` sentence in their error message; values never appear in a problem.
 */
export function parseAccount<A>(schema: z.ZodType<A>, input: AccountInput): ParsedAccount<A> {
  // reportInput: only to tell a missing field from a wrong one.
  const parsed = schema.safeParse(
    { settings: input.settings ?? {}, credentials: input.credentials ?? {} },
    { reportInput: true },
  );
  return parsed.success
    ? { ok: true, account: parsed.data }
    : { ok: false, problems: parsed.error.issues.flatMap(problemsOf) };
}

function problemsOf(issue: z.core.$ZodIssue): AccountProblem[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      problem: 'unknown field',
      fix: 'Remove it, or check its spelling.',
    }));
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return [{ path, problem: missing ? 'missing' : 'not valid', fix: issue.message }];
}

/** A secret text: visible ASCII, as it travels in headers and passwords. Blank is refused: it would switch checks off. */
export const secret = (fix: string): z.ZodType<Secret, unknown> =>
  z
    .string(fix)
    .regex(/^[\x21-\x7e]{1,4096}$/, fix)
    .transform((value) => new Secret(value));

/** An http(s) base URL without its trailing slash. http is for a simulator. */
export const baseUrl = (fix: string): z.ZodType<string, unknown> =>
  z
    .url({ protocol: /^https?$/, error: fix })
    .regex(/^[^?#]+$/, fix)
    .transform((value) => value.replace(/\/+$/, ''));

/** The account of an input known to be right; throws when it is not. */
export function mustParse<A>(parsed: ParsedAccount<A>): A {
  if (!parsed.ok) throw new Error(`not a usable account: ${parsed.problems.map((p) => p.path).join(', ')}`);
  return parsed.account;
}

/** A secret for a stranger's account: nobody has it, and it ends with the process. */
export const unknownSecret = (): string => randomBytes(32).toString('hex');
