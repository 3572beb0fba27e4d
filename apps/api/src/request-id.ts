import type { IncomingMessage } from 'node:http';
import { createId } from '@otp-relay/vault';

/** The caller's `x-request-id` when it is one short word, else a new id. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : createId('req');
}
