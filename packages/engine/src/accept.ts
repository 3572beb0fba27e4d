import {
  carriesPlaintextCode,
  type FieldProblem,
  fieldProblems,
  type ProblemCode,
  type VerificationRequest,
  verificationRequest,
} from '@otp-relay/contracts';
import { addressKindOf, begin, normalCode, planRoute, type Secret, type Step } from '@otp-relay/core';
import { isStoreFault, type NewVerification } from '@otp-relay/store';
import { createId, generateCode, type IntakeKeys, type IntakeRefusal } from '@otp-relay/vault';
import { type Batcher, createBatcher, type Ran } from './batcher.ts';
import { codeRules } from './checking/code-rules.ts';
import type { Corridor } from './corridor.ts';
import { type Doing, runEffects } from './effects.ts';
import type { Hands } from './hands.ts';
import { placeAll, settle, unclaim } from './limits/claim.ts';
import { announced } from './outgoing/announced.ts';
import { callGranted, type Opened } from './perform.ts';
import type { Ports } from './ports.ts';
import { type Recipient, readRecipient } from './recipient.ts';
import { type Screened, screen } from './screen.ts';
import { codeAad, recipientAad } from './seals.ts';
import { type Insert, type Mine, takeOn } from './take-on.ts';
import type { Tenant } from './tenants.ts';
import type { Traffic } from './traffic.ts';

/** What became of a request. `deduplicated`: it joined a verification that was already there. */
export type Accepted =
  | {
      readonly kind: 'accepted';
      readonly id: string;
      readonly deduplicated: boolean;
      /** Resolves when the call to the provider is over, if this process makes it itself; never rejects. */
      readonly sending?: Promise<void>;
    }
  | {
      readonly kind: 'refused';
      readonly code: ProblemCode;
      readonly problems: readonly FieldProblem[];
      /** When the same request may pass, ms from now; absent when waiting does not help. */
      readonly retryAfterMs?: number;
    };

export interface Acceptance {
  readonly tenantId: string;
  readonly source: 'http' | 'queue';
  /** `test` never reaches a real provider; it comes from the kind of API key. */
  readonly mode?: 'live' | 'test';
  readonly idempotencyKey?: string | undefined;
}

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
    flights: 2,
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
      const isTooMuch =
        acceptance.source === 'http' && (isSlow() || !(traffic?.admits(acceptance.tenantId) ?? true));
      const mark = { since: performance.now() };
      inHand.add(mark);
      try {
        const outcome = isTooMuch
          ? refuse('OTP_OVERLOADED')
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
  const planned = plan(request, tenant, recipient);
  if ('problem' in planned) return refuse(planned.code, [planned.problem]);
  const mode = acceptance.mode ?? 'live';
  const steps = await wantedSteps(request, tenant, recipient, planned.steps, ports);
  const screened = await screen(
    { tenant, request, recipient, steps, mode, source: acceptance.source },
    ports,
  );
  if (screened.kind === 'refused') return screened;
  const { claim } = screened;
  const code = await theCode(request, tenant, screened.steps, intakeKeys, ports.clock.now());
  if ('problem' in code) {
    unclaim(claim, ports);
    return refuse('OTP_INVALID_REQUEST', [code.problem]);
  }

  const drawn = draft(request, acceptance, tenant, recipient, screened, code.code, ports);
  const drafted = tellLeftOut(drawn, planned.steps, screened.reasons);
  const opened = { code: code.code, to: addressOf(recipient) };
  const isHere = hands !== undefined && acceptance.source === 'queue' && claim.allowance.kind === 'spent';
  const insert = { ...(isHere ? takeOn(drafted, opened, hands, ports.clock.now()) : drafted), claim };
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

/** Names a person by the phone when there is one. */
const recipientKey = (tenantId: string, { phone, email = '' }: Recipient, pepper: Ports['pepper']): Buffer =>
  phone === undefined
    ? pepper.addressKey(tenantId, 'email', email)
    : pepper.addressKey(tenantId, 'phone', phone);

type Planned = { steps: readonly Step[] } | { code: ProblemCode; problem: FieldProblem };

function plan(request: VerificationRequest, tenant: Tenant, recipient: Recipient): Planned {
  if (request.route && tenant.config.requestRoutes === 'refused')
    return {
      code: 'OTP_INVALID_REQUEST',
      problem: { path: 'route', problem: 'must be absent: this tenant fixes the route' },
    };
  const steps = planRoute(tenant.routes, {
    purpose: request.purpose,
    callingCode: recipient.callingCode,
    ...(request.route && { wanted: request.route }),
  });
  if (steps.length === 0)
    return {
      code: 'OTP_NO_ROUTE',
      problem: { path: 'route', problem: "names no channel of the tenant's route for this request" },
    };
  if (!steps.some((step) => recipient[addressKindOf(step.channel)] !== undefined)) {
    const missing = [...new Set(steps.map((step) => `to.${addressKindOf(step.channel)}`))].join(' or ');
    return {
      code: 'OTP_NO_ROUTE',
      problem: { path: 'to', problem: `needs ${missing}: the route has no other channel` },
    };
  }
  return { steps };
}

async function theCode(
  request: VerificationRequest,
  tenant: Tenant,
  steps: readonly Step[],
  intakeKeys: IntakeKeys,
  now: number,
): Promise<{ code: Secret } | { problem: FieldProblem }> {
  if (request.sealedCode === undefined)
    return { code: generateCode(codeRules(tenant.config.codes, request, steps)) };
  const opened = await intakeKeys.open(request.sealedCode, { audience: tenant.id, now });
  if (!opened.ok) return { problem: { path: 'sealedCode', problem: refusedSeal[opened.reason] } };
  if (normalCode(opened.code.reveal()).length < 4)
    return { problem: { path: 'sealedCode', problem: refusedSeal.invalid_payload } };
  return { code: opened.code };
}

const inTheOpen: FieldProblem = {
  path: 'code',
  problem:
    'must be absent: leave it out and one is made, or seal it as "sealedCode" to a key of /.well-known/jwks.json',
};

const refusedSeal: Readonly<Record<IntakeRefusal, string>> = {
  too_large: 'is too long for one code',
  malformed: 'is not a compact JWE',
  unsupported_algorithm: 'must use ECDH-ES and A256GCM',
  unknown_key: 'was sealed to a key that is not (or no longer) in /.well-known/jwks.json',
  undecryptable: 'does not open with the key it names',
  invalid_payload: 'must seal {"code": "…"} with 4–15 printable characters beside dashes',
  wrong_audience: 'was sealed for another tenant',
  expired: 'has expired; seal the code again',
};

/** The whole row, ready to insert. Addresses and code leave this function sealed. */
function draft(
  request: VerificationRequest,
  acceptance: Acceptance,
  tenant: Tenant,
  recipient: Recipient,
  { steps, claim }: Extract<Screened, { kind: 'allowed' }>,
  code: Secret,
  ports: Ports,
): Insert {
  const { keys, pepper, clock } = ports;
  const id = createId('vrf');
  const now = clock.now();
  const { lifeMs, maxChecks } = codeRules(tenant.config.codes, request, steps);
  const begun = begin(
    {
      id,
      tenantId: tenant.id,
      purpose: request.purpose,
      steps,
      addresses: {
        phone: recipient.phone === undefined ? 'absent' : 'present',
        email: recipient.email === undefined ? 'absent' : 'present',
      },
      expiresAt: now + lifeMs,
      maxChecks,
    },
    now,
  );
  const address = addressOf(recipient);
  const context = request.context ?? null;
  const codeMac = pepper.codeMac({
    tenantId: tenant.id,
    verificationId: id,
    code: normalCode(code.reveal()),
    ...(context && { context }),
  });
  // A caller's own code joins only a verification of the same code: another code is another verification.
  const brought = request.sealedCode === undefined ? '' : code;
  // Nor does what a test key asks for ever join what a live one did.
  const separate = acceptance.mode === 'test' ? 'test' : undefined;
  const idempotencyKey = acceptance.idempotencyKey ?? request.idempotencyKey ?? null;
  const row: NewVerification = {
    verification: begun.verification,
    entries: begun.entries,
    material: {
      sealedCode: keys.seal(code, codeAad(id)),
      sealedRecipient: keys.seal(JSON.stringify(address), recipientAad(id)),
      codeMac,
      locale: request.locale ?? tenant.config.locale,
      callingCode: recipient.callingCode,
      country: recipient.country,
      context,
      mode: acceptance.mode ?? 'live',
      createdAt: now,
    },
    idempotencyKey,
    requestHash: pepper.requestHash(tenant.id, {
      ...request,
      // The same person may be elsewhere when the request is repeated.
      endUser: undefined,
      sealedCode: request.sealedCode && 'brought',
      mode: separate,
    }),
    liveKey: pepper.liveKey(tenant.id, request.purpose, { ...address, brought, context, mode: separate }),
    recipientKey: recipientKey(tenant.id, recipient, pepper),
    recipientMasked: recipient.masked,
    source: acceptance.source,
    ...(claim.takes.length > 0 && { takes: claim.takes }),
  };
  return { row, doing: { verification: begun.verification, effects: begun.effects } };
}

/** The timeline's first line names the channels of the route that are not tried, and the rules that spoke: of a few only. */
function tellLeftOut(insert: Insert, planned: readonly Step[], rules: readonly string[]): Insert {
  const { verification, entries } = insert.row;
  if (planned.length === verification.steps.length && rules.length === 0) return insert;
  const kept = new Set(verification.steps.map((step) => step.channel));
  const leftOut = [...new Set(planned.map((step) => step.channel))].filter((channel) => !kept.has(channel));
  const [first, ...others] = entries;
  if (!first || leftOut.length + rules.length === 0) return insert;
  const detail = {
    ...first.detail,
    ...(leftOut.length > 0 && { leftOut: leftOut.join(', ') }),
    ...(rules.length > 0 && { rules: rules.join(', ') }),
  };
  const told = { ...first, detail };
  return { ...insert, row: { ...insert.row, entries: [told, ...others] } };
}

const addressOf = ({ phone = '', email = '' }: Recipient): Opened['to'] => ({ phone, email });

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
      return insert.mine ? { ...accepted, sending: send(insert.mine) } : accepted;
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
