import { type Checks, judgeChecks, settleMs, slotOf, slots, standsMs } from '@otp-relay/core';
import { type Look, type Looked, type Sighting, type Store, sawNothing, type Use } from '@otp-relay/store';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Tenant } from '../tenants.ts';
import type { Registrar } from './registrar.ts';
import { rulesOf } from './tenant-rules.ts';

/** Watches a tenant's checks as a whole: a few guesses at each of many verifications are seen nowhere else. */
export interface GuessWatch {
  /** Counts a check. Nobody waits for it: what is counted is written every few seconds. */
  note(tenant: Pick<Tenant, 'id' | 'config'>, isRight: boolean): void;
  /** Whether codes of this tenant are guessed at, as far as this process knows. */
  isSuspected(tenantId: string): boolean;
  /** The same, asked of Postgres when this process does not know it. */
  stands(tenantId: string): Promise<boolean>;
  drain(): Promise<void>;
}

export interface GuessPorts {
  readonly store: { readonly abuse: Pick<Store['abuse'], 'watch' | 'noteUsed'> };
  readonly registrar: Pick<Registrar, 'write'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly tally: { abuse(outcome: 'monitored'): void };
}

interface Counted {
  readonly tenant: Pick<Tenant, 'id' | 'config'>;
  made: number;
  right: number;
}

const writeEveryMs = 5_000;
const freshMs = 5_000;
/** What was known this long ago is not known any more. */
const staleMs = 60_000;
const minuteMs = 60_000;
const recentKey = Buffer.from('k:checks');
const usualKey = Buffer.from('d:checks');
/** Under which `otp blocks` shows it, and `otp unblock` lifts it. */
const name = 'checks';

export function createGuessWatch({ store, registrar, clock, log, tally }: GuessPorts): GuessWatch {
  const known = new Map<string, { readonly stands: boolean; readonly at: number }>();
  let counted = new Map<string, Counted>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = [...counted.values()];
    counted = new Map();
    if (batch.length === 0) return;
    writing = writing.then(() =>
      look(batch).catch((err: unknown) => log.warn({ err }, 'checks could not be counted')),
    );
  }

  async function look(batch: readonly Counted[]): Promise<void> {
    const now = clock.now();
    const { looked, standing } = await store.abuse.watch(
      batch.flatMap((one) => sightingsOf(one, now)),
      batch.flatMap((one) => looksOf(one.tenant.id, now)),
      batch.map(({ tenant }) => ({ tenantId: tenant.id, key: recentKey })),
      now,
    );
    await store.abuse.noteUsed(batch.flatMap((one) => usesOf(one, now)));
    const held = new Set(standing.map(({ tenantId }) => tenantId));
    for (const [index, one] of batch.entries()) {
      const [minute, recent, usual] = [0, 1, 2].map((at) => looked[index * 3 + at] ?? sawNothing);
      await conclude(one, { minute, recent, usual }, held.has(one.tenant.id), now);
    }
  }

  async function conclude(
    one: Counted,
    { minute, recent, usual }: Partial<Record<'minute' | 'recent' | 'usual', Looked>>,
    stood: boolean,
    now: number,
  ): Promise<void> {
    const { id, config } = one.tenant;
    const { limits, modeOf } = rulesOf(config);
    const mode = modeOf('wrong_checks', null);
    const seen = { minute: withOwn(minute, one), recent: withOwn(recent, one), usual: daysOf(usual) };
    const detail = judgeChecks(seen, limits);
    const wasKnown = known.get(id)?.stands === true;
    known.set(id, { stands: stood || detail !== undefined, at: now });
    if (!detail) return;
    const until = now + standsMs.wrong_checks;
    const isNew = !stood && !wasKnown;
    if (isNew) tally.abuse('monitored');
    await registrar.write({
      blocks: [{ tenantId: id, key: recentKey, rule: 'wrong_checks', name, until, detail }],
      ...(isNew && {
        decision: {
          tenantId: id,
          at: now,
          outcome: 'monitored',
          // About all of the tenant's checks, and nobody's in particular.
          purpose: 'auth',
          recipientMasked: 'everybody',
          country: null,
          prefix: null,
          channels: [],
          source: 'http',
          reasons: [{ rule: 'wrong_checks', mode, detail }],
          verificationId: null,
        },
      }),
    });
  }

  return {
    note(tenant, isRight) {
      const { limits, modeOf } = rulesOf(tenant.config);
      if (modeOf('wrong_checks', null) === 'allow') return;
      const one = counted.get(tenant.id) ?? { tenant, made: 0, right: 0 };
      counted.set(tenant.id, one);
      one.made += 1;
      if (isRight) one.right += 1;
      if (one.made - one.right > limits.wrongChecksPerMinute) write();
      else timer ??= setTimeout(write, writeEveryMs).unref();
    },
    isSuspected(tenantId) {
      const last = known.get(tenantId);
      return last?.stands === true && clock.now() - last.at < staleMs;
    },
    async stands(tenantId) {
      const last = known.get(tenantId);
      if (last && clock.now() - last.at < freshMs) return last.stands;
      const at = clock.now();
      const { standing } = await store.abuse.watch([], [], [{ tenantId, key: recentKey }], at);
      known.set(tenantId, { stands: standing.length > 0, at });
      return standing.length > 0;
    },
    async drain() {
      write();
      await writing;
    },
  };
}

/** What Postgres has not seen yet is added to what it saw. */
const withOwn = ({ own }: Looked = sawNothing, { made, right }: Counted): Checks => ({
  made: own.sends + made,
  right: own.converted + right,
});

/** Of days that are over: what happens today is what is judged. */
const daysOf = ({ own }: Looked = sawNothing): Checks => ({
  made: own.settledSends,
  right: own.settledConverted,
});

const placesOf = (now: number) => [
  { key: recentKey, slot: slotOf(now, slots.prefix.slotMs) },
  { key: usualKey, slot: slotOf(now, slots.usual.slotMs) },
];

const sightingsOf = ({ tenant, made }: Counted, now: number): Sighting[] =>
  placesOf(now).map((place) => ({ tenantId: tenant.id, ...place, count: made, lines: [] }));

const usesOf = ({ tenant, right }: Counted, now: number): Use[] =>
  placesOf(now).flatMap((place) =>
    Array.from({ length: right }, () => ({ tenantId: tenant.id, ...place, line: null })),
  );

function looksOf(tenantId: string, now: number): Look[] {
  const { prefix, usual } = slots;
  const recent = { tenantId, key: recentKey, settledSlot: now - settleMs };
  return [
    { ...recent, since: now - minuteMs },
    { ...recent, since: now - prefix.windowMs },
    {
      tenantId,
      key: usualKey,
      since: now - usual.windowMs,
      settledSlot: slotOf(now, usual.slotMs) - 1,
    },
  ];
}
