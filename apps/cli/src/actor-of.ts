import { userInfo } from 'node:os';

/** Who the audit says it was: the person at this machine. */
export function cliActor(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    // A container may run under a user id that has no name.
    return 'cli:unknown';
  }
}
