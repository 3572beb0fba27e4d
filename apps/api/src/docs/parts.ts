import { z } from 'zod';
import { example } from './examples.ts';

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    problems: z.array(z.object({ path: z.string(), problem: z.string() })).optional(),
    requestId: z.string().optional(),
    attemptsRemaining: z.int().optional().describe('Of a failed check, for tenants that want it told.'),
    guessing: z
      .literal(true)
      .optional()
      .describe('Of a failed check, while somebody guesses at codes of the tenant.'),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457. Never quotes what the caller sent.',
    examples: [example.problem],
  });

/** A refusal, as OpenAPI shows it. */
export const problemAs = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});

/** What every route that wants an API key may answer. */
export const refusals = {
  401: problemAs('No API key, or one that is unknown, revoked or expired.'),
  403: problemAs('The API key lacks the scope.'),
  503: problemAs('A dependency is away, or too much waits already; try again after `Retry-After` seconds.'),
};

/** A success, as OpenAPI shows it. */
export const answered = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});
