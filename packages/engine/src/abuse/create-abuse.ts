import type { NumberFacts, Verdict } from '@otp-relay/core';
import type { AbuseBlock, DecisionReason, Store } from '@otp-relay/store';
import type { Pepper } from '@otp-relay/vault';
import type { Clock } from '../clock.ts';
import { liveKeyOf } from '../live-key.ts';
import type { Log } from '../log.ts';
import type { GuardedFetch } from '../outgoing/guarded-fetch.ts';
import type { AbuseAsk, AbuseScreened, Judged } from './abuse-ask.ts';
import { abuseKeys, notRequestedRule } from './abuse-keys.ts';
import { askTenant } from './ask-tenant.ts';
import { createGuessWatch, type GuessWatch } from './guess-watch.ts';
import { apply, blocksOf, isAboutStrangers, judgeTraffic } from './judge-traffic.ts';
import { createLookout } from './lookout.ts';
import { isPumpable, judgeNumber } from './number-rules.ts';
import { createRegistrar, type Entry } from './registrar.ts';
import { rulesOf } from './tenant-rules.ts';

/** The rules against abuse, with what they remember. One per process. */
export interface Abuse {
  /** What is left of a request's route, or why nothing is. Asks Postgres once per batch, and only where a rule is on. */
  screen(ask: AbuseAsk): Promise<AbuseScreened>;
  /** The same before a verification is sent once more: what stands against it meanwhile; it is not counted, nor the tenant asked. */
  screenAgain(ask: AbuseAsk): Promise<AbuseScreened>;
  /** Whether somebody guesses at a tenant's codes. */
  readonly guesses: Pick<GuessWatch, 'note' | 'isSuspected'>;
  /** Holds something against a range of numbers or a person, because somebody told us. */
  hold(blocks: readonly AbuseBlock[]): Promise<void>;
  drain(): Promise<void>;
}

export interface AbusePorts {
  readonly store: {
    readonly abuse: Pick<Store['abuse'], 'watch' | 'noteUsed' | 'block' | 'record' | 'isKnown'>;
  };
  readonly pepper: Pepper;
  readonly outgoing: GuardedFetch;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly tally: { abuse(outcome: Judged['outcome']): void };
}

export function createAbuse(ports: AbusePorts): Abuse {
  const { store, pepper, clock } = ports;
  const lookout = createLookout(store, clock);
  const registrar = createRegistrar(store, clock, ports.log);
  const guesses = createGuessWatch({ ...ports, registrar });

  /** The rules that look at traffic; of what is sent once more only what stands against it meanwhile. */
  async function traffic(
    ask: AbuseAsk,
    facts: NumberFacts | undefined,
    before: Judged,
    isAnew: boolean,
  ): Promise<[Judged, AbuseBlock[]]> {
    const rules = rulesOf(ask.tenant.config);
    const { phone = '', country } = ask.recipient;
    if (ask.mode === 'test' || rules.isSafe(phone)) return [before, []];
    const usesPhone = facts !== undefined && before.steps.some((step) => step.channel !== 'email');
    const keys = usesPhone && rules.watches(country) ? abuseKeys(pepper, phone, country) : undefined;
    // Whether a code of the caller's own is used nobody tells us, unless the tenant says that it does.
    const isSeen = ask.request.sealedCode === undefined || rules.ownCodesReported;
    const isCounted = isAnew && isSeen && rules.modeOf('unapproved', country) !== 'allow';
    const person = isCounted ? personOf(ask, pepper) : undefined;
    if (!keys && !person) return [before, []];
    const seen = await lookout.see({
      tenantId: ask.tenant.id,
      keys,
      person,
      notRequested: () => notRequestedRule(pepper, ask.tenant.id, phone, ask.request.purpose),
      counts: isAnew && isSeen && isPumpable(before.steps),
    });
    const verdict = judgeTraffic(ask, country, seen);
    const blocks = keys ? blocksOf(ask, keys, verdict, clock.now()) : [];
    const judged = apply(ask, before, verdict);
    if (judged === before || !(await isExempt(ask, verdict))) return [judged, blocks];
    const known: DecisionReason = { rule: 'known_recipient', mode: 'allow', detail: {} };
    return [{ ...before, outcome: 'allowed', reasons: [...judged.reasons, known] }, blocks];
  }

  const isExempt = async ({ tenant, recipient }: AbuseAsk, verdict: Verdict) =>
    (verdict.mode === 'block' || verdict.mode === 'degrade') &&
    isAboutStrangers(verdict) &&
    recipient.phone !== undefined &&
    store.abuse.isKnown(tenant.id, pepper.addressKey(tenant.id, 'phone', recipient.phone));

  /** While codes are guessed at; asked only for tenants that want less sent then. */
  async function guessed(ask: AbuseAsk, before: Judged): Promise<Judged> {
    const mode = rulesOf(ask.tenant.config).modeOf('wrong_checks', ask.recipient.country);
    if (ask.mode === 'test' || mode === 'allow' || mode === 'monitor') return before;
    if (!(await guesses.stands(ask.tenant.id))) return before;
    return apply(ask, before, {
      mode,
      reasons: [{ rule: 'wrong_checks', mode, detail: { standing: true } }],
      fresh: [],
    });
  }

  async function judgeAll(ask: AbuseAsk, isAnew: boolean): Promise<AbuseScreened> {
    const facts = factsOf(ask);
    let judged: Judged = facts
      ? judgeNumber(ask, facts)
      : { steps: ask.steps, outcome: 'allowed', reasons: [] };
    let blocks: readonly AbuseBlock[] = [];
    if (!judged.refusal) [judged, blocks] = await traffic(ask, facts, judged, isAnew);
    if (!judged.refusal) judged = await guessed(ask, judged);
    const hook = ask.tenant.config.decision;
    if (isAnew && hook && !judged.refusal) judged = await askTenant(ask, hook, facts, judged, ports);
    if (judged.reasons.length > 0) {
      ports.tally.abuse(judged.outcome);
      const verificationId = isAnew && judged.refusal ? null : (ask.verificationId ?? null);
      await registrar.write(entryOf(ask, judged, blocks, { at: clock.now(), verificationId }));
    }
    return judged.refusal
      ? { kind: 'refused', code: judged.refusal.code, problems: [judged.refusal.problem] }
      : { kind: 'allowed', steps: judged.steps, reasons: judged.reasons.map(wordsOf) };
  }

  return {
    screen: (ask) => judgeAll(ask, true),
    screenAgain: (ask) => judgeAll(ask, false),
    guesses,
    hold: (blocks) => registrar.write({ blocks }),
    async drain() {
      await lookout.drain();
      await guesses.drain();
      await registrar.drain();
    },
  };
}

/** Who gets the code, and which running verification the request would join. */
const personOf = ({ tenant, request, recipient, mode }: AbuseAsk, pepper: Pepper) => {
  const { phone, email = '' } = recipient;
  const of = { tenantId: tenant.id, request, recipient, brought: undefined, mode };
  return {
    recipientKey:
      phone === undefined
        ? pepper.addressKey(tenant.id, 'email', email)
        : pepper.addressKey(tenant.id, 'phone', phone),
    // A code that the caller brings is sealed still: what it would join is not known.
    liveKey: request.sealedCode === undefined ? liveKeyOf(of, pepper) : null,
  };
};

/** Only where a phone would be used: an address that stands beside it says nothing. */
function factsOf({ recipient, steps }: AbuseAsk): NumberFacts | undefined {
  const { phone, callingCode, country, possibleCountries, numberType } = recipient;
  if (phone === undefined || callingCode === null) return undefined;
  if (steps.every((step) => step.channel === 'email')) return undefined;
  return { phone, callingCode, country, possibleCountries, type: numberType };
}

const entryOf = (
  ask: AbuseAsk,
  judged: Judged,
  blocks: readonly AbuseBlock[],
  when: Pick<NonNullable<Entry['decision']>, 'at' | 'verificationId'>,
): Entry => ({
  blocks,
  decision: {
    tenantId: ask.tenant.id,
    ...when,
    outcome: judged.outcome,
    purpose: ask.request.purpose,
    recipientMasked: ask.recipient.masked,
    country: ask.recipient.country,
    prefix: ask.recipient.phone?.slice(0, -4) ?? null,
    channels: judged.steps.map((step) => step.channel),
    source: ask.source,
    reasons: judged.reasons,
  },
});

const wordsOf = ({ rule, mode }: DecisionReason): string => `${rule}: ${mode}`;
