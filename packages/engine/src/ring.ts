import type { Bell } from '@otp-relay/queue';
import type { Corridor } from './corridor.ts';
import type { Ports } from './ports.ts';

/** A bell that rings this little early waits in the process instead of leaving the rest to the sweeper. */
const earlyMs = 1_500;

/**
 * A bell rang. `promoted` (an operator promoted it in Bull Board, well before its time) is the command `next`,
 * for this attempt only; otherwise the one clock event, whose meaning comes from the state.
 */
export async function ring(
  bell: Bell,
  promoted: boolean,
  corridor: Corridor,
  clock: Ports['clock'],
): Promise<'moved' | 'nothing'> {
  const guard = (verification: { tenantId: string }): boolean => verification.tenantId === bell.tenant;
  if (promoted) {
    const event = { type: 'next', by: 'operator', attemptId: bell.attempt } as const;
    const applied = await corridor.apply({ id: bell.verification, event, guard });
    return applied?.changed ? 'moved' : 'nothing';
  }
  const event = { type: 'deadline_reached' } as const;
  const applied = await corridor.apply({ id: bell.verification, event, guard });
  if (!applied || applied.changed) return applied ? 'moved' : 'nothing';

  // The clocks of Redis, this process and Postgres differ by a little: a bell for the current deadline may be early.
  const { deadlineAt, currentId } = applied.verification;
  if (deadlineAt === null || currentId !== bell.attempt || deadlineAt !== bell.dueAt) return 'nothing';
  const waitMs = clock.until(deadlineAt);
  if (waitMs > earlyMs) return 'nothing';
  await clock.sleep(waitMs + 1);
  const again = await corridor.apply({ id: bell.verification, event, guard });
  return again?.changed ? 'moved' : 'nothing';
}
