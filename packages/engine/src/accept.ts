import {
  carriesPlaintextCode,
  type FieldProblem,
  fieldProblems,
  type ProblemCode,
  type VerificationRequest,
  verificationRequest,
} from '@otp-relay/contracts';
import type { Step } from '@otp-relay/core';
import { isStoreFault } from '@otp-relay/store';
import { createId, type IntakeKeys } from '@otp-relay/vault';
import type { Acceptance, Accepted } from './acceptance.ts';
import { type Batcher, createBatcher, patienceOf, type Ran } from './batcher.ts';
import { codeOf } from './code-of.ts';
import type { Corridor } from './corridor.ts';
import { addressOf, draft, recipientKey, tellLeftOut } from './draft.ts';
import { type Doing, runEffects } from './effects.ts';
import type { Hands } from './hands.ts';
import { placeAll, settle, unclaim } from './limits/claim.ts';
import { announced } from './outgoing/announced.ts';
import { callGranted } from './perform.ts';
import { planSteps } from './plan-steps.ts';
import type { Ports } from './ports.ts';
import { type Recipient, readRecipient } from './recipient.ts';
import { screen } from './screen.ts';
import { type Insert, type Mine, takeOn } from './take-on.ts';
import type { Tenant } from './tenants.ts';
import type { Traffic } from './traffic.ts';

export interface Acceptor {
  /** Validates, plans, seals, and commits one request; never throws for what the caller got wrong. */
  accept(payload: unknown, acceptance: Acceptance): Promise<Accepted>;
  drain(): Promise<void>;
}

/**
 * When the requests a process has in hand take this long, one more would only wait, in memory, for an answer its caller
 * gives up on. A burst that is dealt with in time is none of this.
 */
const slowMs = 1_000;

export interface AcceptorOptions {
  readonly intakeKeys: IntakeKeys;
  readonly corridor: Corridor;
  readonly traffic?: Traffic | undefined;
  /** For calling providers here and now, for requests from the queue. */
  readonly hands?: Hands | undefined;
}

export function createAcceptor(ports: Ports, options: AcceptorOptions): Acceptor {
  const { corridor, traffic } = options;
  const inHand = new Set<{ readonly since: number }>();
  const isSlow = (): boolean => {
    const [oldest] = inHand;
    return oldest !== undefined && performance.now() - oldest.since > slowMs;
  };
  const whyNot = (tenantId: string): ProblemCode | undefined => {
    if (traffic?.isAway()) return 'OTP_UNAVAILABLE';
    return isSlow() || !(traffic?.admits(tenantId) ?? true) ? 'OTP_OVERLOADED' : undefined;
  };
  const calls = new Set<Promise<void>>();
  const send = ({ granted, release }: Mine): Promise<void> => {
    const call = callGranted(granted, corridor, ports)
      .catch((fault) => {
        ports.log.error({ err: fault, attempt: granted.attempt.id }, 'an attempt waits for its deadline');
      })
      .then(() => {
        release();
        calls.delete(call);
      });
    calls.add(call);
    return call;
  };
  const batcher = createBatcher<Insert, Accepted>({
    max: 500,
    gathering: { patience: () => patienceOf.request, clock: ports.clock },
    isShared: (fault) => isStoreFault(fault) && fault.retryable,
    run: (drafted) =>
      commit(
        drafted.map((insert) => announced(insert, ports.announcer)),
        ports,
        send,
      ),
  });
  return {
    async accept(payload, acceptance) {
      // A queue can wait (`room`), and its jobs are not lost meanwhile; a caller over HTTP is told.
      const turnedAway = acceptance.source === 'http' ? whyNot(acceptance.tenantId) : undefined;
      const mark = { since: performance.now() };
      inHand.add(mark);
      try {
        const outcome = turnedAway
          ? refuse(turnedAway)
          : await accept(payload, acceptance, ports, options, batcher);
        ports.tally.accepted(tallied(outcome), acceptance.source);
        return outcome;
      } finally {
        inHand.delete(mark);
      }
    },
    async drain() {
      await batcher.drain();
      await Promise.all(calls);
    },
  };
}

const tallied = (outcome: Accepted): 'created' | 'joined' | 'refused' | 'overloaded' => {
  if (outcome.kind === 'accepted') return outcome.deduplicated ? 'joined' : 'created';
  return outcome.code === 'OTP_OVERLOADED' ? 'overloaded' : 'refused';
};

const refuse = (code: ProblemCode, problems: readonly FieldProblem[] = []): Accepted => ({
  kind: 'refused',
  code,
  problems,
});

async function accept(
  payload: unknown,
  acceptance: Acceptance,
  ports: Ports,
  { intakeKeys, hands }: AcceptorOptions,
  batcher: Batcher<Insert, Accepted>,
): Promise<Accepted> {
  if (carriesPlaintextCode(payload)) return refuse('OTP_PLAINTEXT_CODE', [inTheOpen]);
  const parsed = verificationRequest.safeParse(payload);
  if (!parsed.success) return refuse('OTP_INVALID_REQUEST', fieldProblems(parsed.error));
  const request = parsed.data;
  const tenant = await ports.tenants.get(acceptance.tenantId);
  if (!tenant) return refuse('OTP_UNKNOWN_TENANT', [{ path: 'tenant', problem: 'is not a known tenant' }]);

  const recipient = readRecipient(request.to);
  if ('problem' in recipient) return refuse('OTP_INVALID_REQUEST', [recipient.problem]);
  const planned = planSteps(request, tenant, recipient);
  if ('problem' in planned) return refuse(planned.code, [planned.problem]);
  const mode = acceptance.mode ?? 'live';
  const steps = await wantedSteps(request, tenant, recipient, planned.steps, ports);
  const id = createId('vrf');
  const screened = await screen(
    { tenant, request, recipient, steps, mode, source: acceptance.source, verificationId: id },
    ports,
  );
  if (screened.kind === 'refused') return screened;
  const { claim } = screened;
  const code = await codeOf(request, tenant, screened.steps, intakeKeys, ports.clock.now());
  if ('problem' in code) {
    unclaim(claim, ports);
    return refuse('OTP_INVALID_REQUEST', [code.problem]);
  }

  const drawn = draft(id, request, acceptance, tenant, recipient, screened, code.code, ports);
  const drafted = tellLeftOut(drawn, planned.steps, screened.reasons);
  const opened = { code: code.code, to: addressOf(recipient) };
  const isHere = hands !== undefined && acceptance.source === 'queue' && claim.allowance.kind === 'spent';
  const insert = { claim, ...(isHere ? takeOn(drafted, opened, hands, ports.clock.now()) : drafted) };
  try {
    return await batcher.add(insert);
  } catch (fault) {
    insert.mine?.release();
    unclaim(claim, ports);
    throw fault;
  }
}

/** The route without channels this recipient declined lately, unless the request names the channels itself. */
const wantedSteps = async (
  request: VerificationRequest,
  tenant: Tenant,
  recipient: Recipient,
  steps: readonly Step[],
  { declined, pepper }: Ports,
): Promise<readonly Step[]> =>
  request.route || tenant.config.codes.rememberNextMs === 0
    ? steps
    : declined.leaveOut(
        { tenantId: tenant.id, recipient, recipientKey: () => recipientKey(tenant.id, recipient, pepper) },
        steps,
      );

const inTheOpen: FieldProblem = {
  path: 'code',
  problem:
    'must be absent: leave it out and one is made, or seal it as "sealedCode" to a key of /.well-known/jwks.json',
};

async function commit(
  inserts: readonly Insert[],
  ports: Ports,
  send: (mine: Mine) => Promise<void>,
): Promise<Ran<Accepted>> {
  const outcomes = await placeAll(inserts, ports.store.ledger);
  const doing: Doing[] = [];
  const results = inserts.map((insert, index): Accepted => {
    const outcome = outcomes[index];
    if (outcome?.kind === 'inserted') {
      doing.push(insert.doing);
      const { id } = insert.row.verification;
      const accepted = { kind: 'accepted', id, deduplicated: false } as const;
      return insert.mine ? { sending: send(insert.mine), ...accepted } : accepted;
    }
    insert.mine?.release();
    const refusal = settle(insert, outcome, ports);
    if (refusal) return refusal;
    if (outcome?.kind === 'joined') return { kind: 'accepted', id: outcome.id, deduplicated: true };
    if (outcome?.kind === 'duplicate')
      return outcome.requestHash.equals(insert.row.requestHash)
        ? { kind: 'accepted', id: outcome.id, deduplicated: true }
        : refuse('OTP_IDEMPOTENCY_CONFLICT', [
            { path: 'idempotencyKey', problem: 'was used for a different request; use a new key' },
          ]);
    throw new Error('the ledger gave no outcome for a row');
  });
  return { results, rest: runEffects(doing, ports) };
}
