import type { NumberFacts } from '@otp-relay/core';
import type { AbuseBlock, DecisionReason, Store } from '@otp-relay/store';
import type { Pepper } from '@otp-relay/vault';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { GuardedFetch } from '../outgoing/guarded-fetch.ts';
import type { AbuseAsk, AbuseScreened, Judged } from './abuse-ask.ts';
import { type AbuseKeys, abuseKeys, notRequestedRule } from './abuse-keys.ts';
import { askTenant } from './ask-tenant.ts';
import { apply, blocksOf, isAboutStrangers, judgeTraffic } from './judge-traffic.ts';
import { createLookout } from './lookout.ts';
import { isPumpable, judgeNumber } from './number-rules.ts';
import { createRegistrar, type Entry } from './registrar.ts';
import { rulesOf } from './tenant-rules.ts';

/** The rules against abuse, with what they remember. One per process. */
export interface Abuse {
  /** What is left of a request's route, or why nothing is. Asks Postgres once per batch, and only where a rule is on. */
  screen(ask: AbuseAsk): Promise<AbuseScreened>;
  /** Holds something against a range of numbers or a person, because somebody told us. */
  hold(blocks: readonly AbuseBlock[]): Promise<void>;
  drain(): Promise<void>;
}

export interface AbusePorts {
  readonly store: { readonly abuse: Pick<Store['abuse'], 'watch' | 'block' | 'record' | 'isKnown'> };
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

  /** The rules that look at traffic. */
  async function traffic(ask: AbuseAsk, facts: NumberFacts, before: Judged): Promise<[Judged, AbuseBlock[]]> {
    const rules = rulesOf(ask.tenant.config);
    const isOff = !rules.watches(facts.country) || rules.isSafe(facts.phone);
    if (isOff || ask.mode === 'test') return [before, []];
    const keys: AbuseKeys = abuseKeys(pepper, facts.phone, facts.country);
    // Whether a code of the caller's own is used nobody tells us, unless the tenant says that it does.
    const isSeen = ask.request.sealedCode === undefined || rules.ownCodesReported;
    const seen = await lookout.see({
      tenantId: ask.tenant.id,
      keys,
      notRequested: () => notRequestedRule(pepper, ask.tenant.id, facts.phone, ask.request.purpose),
      counts: isSeen && isPumpable(before.steps),
    });
    const verdict = judgeTraffic(ask, facts.country, seen);
    const blocks = blocksOf(ask, keys, verdict, clock.now());
    const judged = apply(ask, before, verdict);
    if (judged === before || !(await isExempt(ask, facts, verdict))) return [judged, blocks];
    const known: DecisionReason = { rule: 'known_recipient', mode: 'allow', detail: {} };
    return [{ ...before, outcome: 'allowed', reasons: [...judged.reasons, known] }, blocks];
  }

  const isExempt = async (
    ask: AbuseAsk,
    { phone }: NumberFacts,
    verdict: Parameters<typeof isAboutStrangers>[0],
  ) =>
    (verdict.mode === 'block' || verdict.mode === 'degrade') &&
    isAboutStrangers(verdict) &&
    store.abuse.isKnown(ask.tenant.id, pepper.addressKey(ask.tenant.id, 'phone', phone));

  return {
    async screen(ask) {
      const facts = factsOf(ask);
      let judged: Judged = { steps: ask.steps, outcome: 'allowed', reasons: [] };
      let blocks: readonly AbuseBlock[] = [];
      if (facts) {
        judged = judgeNumber(ask, facts);
        if (!judged.refusal && judged.steps.some((step) => step.channel !== 'email'))
          [judged, blocks] = await traffic(ask, facts, judged);
      }
      const hook = ask.tenant.config.decision;
      if (hook && !judged.refusal) judged = await askTenant(ask, hook, facts, judged, ports);
      if (judged.reasons.length > 0) {
        ports.tally.abuse(judged.outcome);
        await registrar.write(entryOf(ask, judged, blocks, clock.now()));
      }
      return judged.refusal
        ? { kind: 'refused', code: judged.refusal.code, problems: [judged.refusal.problem] }
        : { kind: 'allowed', steps: judged.steps, reasons: judged.reasons.map(wordsOf) };
    },
    hold: (blocks) => registrar.write({ blocks }),
    async drain() {
      await lookout.drain();
      await registrar.drain();
    },
  };
}

/** Only where a phone would be used: an address that stands beside it says nothing. */
function factsOf({ recipient, steps }: AbuseAsk): NumberFacts | undefined {
  const { phone, callingCode, country, possibleCountries, numberType } = recipient;
  if (phone === undefined || callingCode === null) return undefined;
  if (steps.every((step) => step.channel === 'email')) return undefined;
  return { phone, callingCode, country, possibleCountries, type: numberType };
}

const entryOf = (ask: AbuseAsk, judged: Judged, blocks: readonly AbuseBlock[], at: number): Entry => ({
  blocks,
  decision: {
    tenantId: ask.tenant.id,
    at,
    outcome: judged.outcome,
    purpose: ask.request.purpose,
    recipientMasked: ask.recipient.masked,
    country: ask.recipient.country,
    prefix: ask.recipient.phone?.slice(0, -4) ?? null,
    channels: judged.steps.map((step) => step.channel),
    source: ask.source,
    reasons: judged.reasons,
    verificationId: judged.refusal ? null : (ask.verificationId ?? null),
  },
});

const wordsOf = ({ rule, mode }: DecisionReason): string => `${rule}: ${mode}`;
