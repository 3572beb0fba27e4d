import type { Applied } from './corridor.ts';

/** What a command did: `done`, or why nothing happened. */
export type Commanded = 'done' | 'unknown' | 'final' | 'nothing';

/** Reads off what became of a verification whether the command was obeyed. */
export function commandedOf(applied: Pick<Applied, 'verification' | 'changed'> | undefined): Commanded {
  if (!applied) return 'unknown';
  // No command leads here: its life had ended, and what changed may be that it was noticed now.
  if (applied.verification.status === 'expired') return 'final';
  if (applied.changed) return 'done';
  return applied.verification.status === 'pending' ? 'nothing' : 'final';
}
