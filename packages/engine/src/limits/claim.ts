import type { InsertOutcome, NewVerification } from '@otp-relay/store';
import type { Ports } from '../ports.ts';
import type { Shortage, Spent } from './allowance.ts';
import type { LimitTake } from './takes-of.ts';
import { type LimitRefusal, turnAway } from './turn-away.ts';

/**
 * What a request needs of its limits: one of the tenant's allowance, spent already unless there was none left, and takings
 * from buckets, which are made in the commit that writes the verification. Without the first it may still join one.
 */
export interface Claim {
  readonly allowance: Spent | Shortage;
  readonly takes: readonly LimitTake[];
}

export interface Claiming {
  readonly row: NewVerification;
  readonly claim?: Claim;
}

type Outcome = InsertOutcome | undefined;

const isShort = ({ claim }: Claiming): boolean => claim?.allowance.kind === 'short';

/** Inserts what may be inserted; for the others looks up what they may join. */
export async function placeAll(
  all: readonly Claiming[],
  ledger: Pick<Ports['store']['ledger'], 'insert' | 'join'>,
): Promise<readonly Outcome[]> {
  if (!all.some(isShort)) return ledger.insert(all.map((one) => one.row));
  const [short, able] = [all.filter(isShort), all.filter((one) => !isShort(one))];
  const [joined, inserted] = await Promise.all([
    ledger.join(short.map((one) => one.row)),
    able.length > 0 ? ledger.insert(able.map((one) => one.row)) : [],
  ]);
  const outcomes = new Map<Claiming, Outcome>([
    ...short.map((one, index) => [one, joined[index]] as const),
    ...able.map((one, index) => [one, inserted[index]] as const),
  ]);
  return all.map((one) => outcomes.get(one));
}

/** Gives back what was spent on a request that came to nothing. */
export function unclaim({ allowance }: Claim, { limits }: Pick<Ports, 'limits'>): void {
  if (allowance.kind === 'spent') limits.allowance.giveBack(allowance);
}

/** Settles the claim of a request that made no verification of its own; the refusal, when a limit is why. */
export function settle(
  { row, claim }: Claiming,
  outcome: Exclude<Outcome, { kind: 'inserted' }>,
  ports: Pick<Ports, 'limits' | 'tally'>,
): LimitRefusal | undefined {
  if (!claim) return undefined;
  const { tenantId } = row.verification;
  unclaim(claim, ports);
  if (claim.allowance.kind === 'short' && outcome === undefined)
    return turnAway({ ...claim.allowance, tenantId, kind: 'tenant' }, ports);
  if (outcome?.kind !== 'limited') return undefined;
  const take = claim.takes[outcome.take];
  if (!take) throw new Error('the ledger refused something that was not asked for');
  const { limit, retryAfterMs } = outcome;
  return turnAway(
    { tenantId, kind: take.kind, shown: take.shown, subject: take.key, limit, retryAfterMs },
    ports,
  );
}
