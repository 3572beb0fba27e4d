import { randomBytes } from 'node:crypto';
import { checkRequest, type FieldProblem, fieldProblems } from '@otp-relay/contracts';
import { normalCode } from '@otp-relay/core';
import { type CheckAsk, type GrantedCheck, isStoreFault, type RefusedCheck } from '@otp-relay/store';
import { sameMac } from '@otp-relay/vault';
import { createBatcher } from '../batcher.ts';
import type { Corridor } from '../corridor.ts';
import type { Ports } from '../ports.ts';
import type { Tenant } from '../tenants.ts';
import { failureKeysOf } from './failure-keys.ts';

/**
 * What became of a guess. Why it failed is in the timeline, and nowhere else. `guessing`: somebody guesses at codes of this
 * tenant at present, whoever this one is.
 */
export type Checked =
  | { readonly kind: 'approved'; readonly guessing?: true }
  /** `attemptsRemaining` only for tenants that want it told. */
  | { readonly kind: 'failed'; readonly attemptsRemaining?: number; readonly guessing?: true }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] };

export interface Checker {
  /** Compares one guess with one verification's code, if it has a try left; never throws for what was guessed. */
  check(ask: CheckAsk, payload: unknown): Promise<Checked>;
  drain(): Promise<void>;
}

type Tried = GrantedCheck | RefusedCheck;

/**
 * When a failed check is answered depends on how long the reservation took, which is the same work whatever it finds: at
 * the first multiple of `answerEveryMs` by which what comes after it has surely been done, too, ms.
 */
const answerEveryMs = 25;
const settleWithinMs = 50;
/** Of one verification, this many refused guesses are told in its timeline; all of them are counted. */
const toldRefusals = 10;
/** Compared with where there is nothing to compare with: every guess costs the same. */
const nobody = randomBytes(32);

/**
 * Checks guesses: a try is reserved and committed first, then the guess is compared in constant time, then the corridor is
 * told what came of it. Wrong, expired, used, unknown and locked take the same way and look the same.
 */
export function createChecker(corridor: Corridor, ports: Ports): Checker {
  const reservations = createBatcher<CheckAsk, Tried>({
    max: 500,
    isShared: (fault) => isStoreFault(fault) && fault.retryable,
    run: async (asks) => ({ results: await ports.store.checks.reserve(asks, failureKeysOf(ports)) }),
  });
  return {
    async check(ask, payload) {
      const startedAt = performance.now();
      const parsed = checkRequest.safeParse(payload);
      if (!parsed.success) return { kind: 'invalid', problems: fieldProblems(parsed.error) };
      const tenant = await ports.tenants.get(ask.tenantId);
      const tried = await reservations.add(ask);
      const answerAt = startedAt + answerAfter(performance.now() - startedAt);
      const found = compare(parsed.data, ask, tried, ports);
      const approved = await settle(ask, tried, found, corridor, ports);
      ports.tally.check(approved ? 'approved' : tried.kind === 'granted' ? 'wrong' : 'refused');
      const guessing = tenant && ask.mode === 'live' ? isGuessing(tenant, tried, approved, ports) : {};
      if (approved) return { kind: 'approved', ...guessing };
      await ports.clock.sleep(Math.max(0, answerAt - performance.now()));
      return tenant?.config.codes.attemptsRemaining === 'told'
        ? { kind: 'failed', attemptsRemaining: tried.kind === 'granted' ? tried.left : 0, ...guessing }
        : { kind: 'failed', ...guessing };
    },
    drain: () => reservations.drain(),
  };
}

const answerAfter = (reservedMs: number): number =>
  Math.ceil((reservedMs + settleWithinMs) / answerEveryMs) * answerEveryMs;

/** What people do with a code that worked, or worked once, is no guess. */
const honest: ReadonlySet<string> = new Set(['used', 'expired', 'canceled']);

/** Counts a check among its tenant's; the same for every check of the tenant, whatever became of this one. */
function isGuessing(
  tenant: Tenant,
  tried: Tried,
  approved: boolean,
  { abuse: { guesses } }: Pick<Ports, 'abuse'>,
): { readonly guessing?: true } {
  if (tried.kind === 'granted' || !honest.has(tried.reason)) guesses.note(tenant, approved);
  return guesses.isSuspected(tenant.id) ? { guessing: true } : {};
}

type Found = 'right' | 'code' | 'context';

/** Two hashes and two comparisons, whatever there is to compare. */
function compare(
  guess: { readonly code: string; readonly context?: Readonly<Record<string, string>> | undefined },
  ask: CheckAsk,
  tried: Tried,
  { pepper }: Pick<Ports, 'pepper'>,
): Found {
  const code = normalCode(guess.code);
  const { codeMac, context } = tried.kind === 'granted' ? tried : { codeMac: nobody, context: null };
  const matches = (bound: Readonly<Record<string, string>> | null | undefined): boolean =>
    sameMac(
      pepper.codeMac({
        tenantId: ask.tenantId,
        verificationId: ask.id,
        code,
        ...(bound && { context: bound }),
      }),
      codeMac,
    );
  const [right, rightCode] = [matches(guess.context), matches(context)];
  return right ? 'right' : rightCode ? 'context' : 'code';
}

/** Tells the corridor; true when this very guess approved the verification. */
async function settle(
  { id, tenantId }: CheckAsk,
  tried: Tried,
  found: Found,
  corridor: Corridor,
  { store }: Pick<Ports, 'store'>,
): Promise<boolean> {
  const ours = (verification: { readonly tenantId: string }): boolean => verification.tenantId === tenantId;
  if (tried.kind === 'refused') {
    const isTold = tried.reason !== 'unknown' && tried.before < toldRefusals;
    const event = { type: 'check_refused', reason: tried.reason } as const;
    await corridor.apply({ id, event, guard: (verification) => isTold && ours(verification) });
    return false;
  }
  if (found !== 'right') {
    await corridor.apply({ id, event: { type: 'check_failed', reason: found }, guard: ours });
    return false;
  }
  const applied = await corridor.apply({ id, event: { type: 'approved' }, guard: ours });
  // Of several right ones only the first changes anything; one that came too late changes it to expired.
  const approved = applied?.changed === true && applied.verification.status === 'approved';
  const { recipientKeys, purpose, countedAt } = tried;
  await store.checks.forgive({ tenantId, recipientKeys, purpose, countedAt, approved });
  return approved;
}
