import { problemCodes } from '@otp-relay/contracts';
import { code, page, table } from '../markdown.mjs';

export const files = () => ({
  'problems.md': page(
    'Problems',
    '`packages/contracts/src/faults.ts`',
    'Errors are `application/problem+json` (RFC 9457). Build on `code`; `detail` and `problems` are for people and never quote what was sent.',
    table(
      ['code', 'HTTP', 'title'],
      Object.entries(problemCodes).map(([name, [status, title]]) => [code(name), status, title]),
    ),
  ),
});
