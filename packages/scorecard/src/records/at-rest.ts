import { waitFor } from '@otp-relay/testkit';
import type { HarmedStage } from '../stage/open-harmed-stage.ts';
import { countInFlight } from './ledger.ts';

/** Waits until nothing is under way, at most `timeoutMs`: what still is then is judged lost. */
export async function atRest({ database, world }: HarmedStage, timeoutMs: number): Promise<void> {
  const isIdle = async (): Promise<boolean> => (await countInFlight(database, world.tenantId)) === 0;
  await waitFor('nothing to be in flight', isIdle, { timeoutMs, everyMs: 500 }).catch(() => undefined);
}
