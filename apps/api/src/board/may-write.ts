import type { BoardOptions } from '@bull-board/api/typings/app';

type BeforeHook = NonNullable<NonNullable<BoardOptions['handlerHooks']>['before']>;

/** All a writable board may do: nudge, pause and remove. Never write data: what it shows is masked, and would be written back. */
const allowed = new Set([
  'put /api/queues/pause',
  'put /api/queues/resume',
  'put /api/queues/:queueName/pause',
  'put /api/queues/:queueName/resume',
  'put /api/queues/:queueName/retry/:queueStatus',
  'put /api/queues/:queueName/clean/:queueStatus',
  'put /api/queues/:queueName/:jobId/retry',
  'put /api/queues/:queueName/:jobId/clean',
  'put /api/queues/:queueName/:jobId/promote',
]);

export const mayWrite: BeforeHook = ({ method, route }) => ({
  allow: method === 'get' || allowed.has(`${method} ${route}`),
  message: 'This board shows, nudges, pauses and removes; it does not write jobs.',
});
