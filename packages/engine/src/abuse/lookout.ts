import {
  type AbuseRule,
  abuseRules,
  noTraffic,
  oneMore,
  type Seen,
  settleMs,
  slotOf,
  slots,
} from '@otp-relay/core';
import {
  isStoreFault,
  type Look,
  type Looked,
  type PersonLook,
  type Sighting,
  type Store,
  sawNothing,
} from '@otp-relay/store';
import { createBatcher } from '../batcher.ts';
import type { Clock } from '../clock.ts';
import type { AbuseKeys } from './abuse-keys.ts';

/** One request to be noted and told about. */
export interface Sight {
  readonly tenantId: string;
  /** Absent when no phone would be used. */
  readonly keys: AbuseKeys | undefined;
  /** Absent when it does not matter how many verifications the person had. */
  readonly person: Pick<PersonLook, 'recipientKey' | 'liveKey'> | undefined;
  /** The rule that stands when this very person said "that was not me". */
  readonly notRequested: () => string;
  /** Whether it counts: a request that could not be pumped is only looked up. */
  readonly counts: boolean;
}

export interface Lookout {
  see(sight: Sight): Promise<Seen>;
  drain(): Promise<void>;
}

type WatchStore = { readonly abuse: Pick<Store['abuse'], 'watch'> };

/** How long this process remembers that a range was held, and does not count it against its country. */
const heldMs = 60_000;
const maxHeld = 10_000;
const hourMs = 3_600_000;

const nothing: Seen = {
  prefix: noTraffic,
  everywhere: noTraffic,
  tenants: 0,
  line: 0,
  unusedLines: [],
  countryHour: noTraffic,
  countryRecent: noTraffic,
  usual: { sends: 0, converted: 0, spanMs: slots.usual.windowMs },
  unapproved: 0,
  standing: [],
};

/** Notes requests and tells what was seen before them: one statement for all that arrive while the last one runs. */
export function createLookout(store: WatchStore, clock: Pick<Clock, 'now'>): Lookout {
  const heldAt = new Map<string, number>();
  const batcher = createBatcher<Sight, Seen>({
    max: 500,
    isShared: (fault) => isStoreFault(fault) && fault.retryable,
    run: async (sights) => ({ results: await look(sights, store, heldAt, clock.now()) }),
  });
  return { see: (sight) => batcher.add(sight), drain: () => batcher.drain() };
}

const idOf = (tenantId: string, key: Buffer, window = ''): string =>
  `${tenantId} ${key.toString('latin1')} ${window}`;

async function look(
  sights: readonly Sight[],
  store: WatchStore,
  heldAt: Map<string, number>,
  now: number,
): Promise<readonly Seen[]> {
  const looks = new Map<string, Look>();
  const held = new Map<string, { tenantId: string; key: Buffer }>();
  const sightings = new Map<string, Noted>();
  const people: PersonLook[] = [];
  for (const { tenantId, keys, person, counts } of sights) {
    if (person) people.push({ tenantId, ...person, since: now - hourMs });
    if (!keys) continue;
    for (const key of [keys.range, ...(keys.country ? [keys.country.now] : [])])
      held.set(idOf(tenantId, key), { tenantId, key });
    if (!counts) continue;
    for (const [window, one] of looksOf(tenantId, keys, now)) looks.set(idOf(tenantId, one.key, window), one);
    // What is held back already says nothing of the rest of its country.
    const isHeld = now - (heldAt.get(idOf(tenantId, keys.range)) ?? 0) < heldMs;
    noteSight(sightings, tenantId, keys, isHeld, now);
  }
  const { looked, standing, unapproved } = await store.abuse.watch(
    [...sightings.values()],
    [...looks.values()],
    [...held.values()],
    now,
    people,
  );
  const found = new Map([...looks.keys()].map((id, index) => [id, looked[index] ?? sawNothing]));
  const rules = new Map<string, string[]>();
  for (const { tenantId, key, rule } of standing) {
    const id = idOf(tenantId, key);
    rules.set(id, [...(rules.get(id) ?? []), rule]);
    if (rule.includes(':')) continue;
    if (heldAt.size >= maxHeld) heldAt.clear();
    heldAt.set(id, now);
  }
  let next = 0;
  return tellEach(sights, found, rules).map((seen, index) =>
    sights[index]?.person ? { ...seen, unapproved: unapproved[next++] ?? 0 } : seen,
  );
}

type Noted = { -readonly [Name in keyof Sighting]: Name extends 'lines' ? number[] : Sighting[Name] };

/** Counts one request under its keys: one row per key and slot. */
function noteSight(
  sightings: Map<string, Noted>,
  tenantId: string,
  { range, line, country }: AbuseKeys,
  isHeld: boolean,
  now: number,
): void {
  const note = (key: Buffer, slotMs: number, lines: readonly number[]): void => {
    const id = idOf(tenantId, key);
    const noted = sightings.get(id) ?? { tenantId, key, slot: slotOf(now, slotMs), count: 0, lines: [] };
    noted.count += 1;
    noted.lines.push(...lines);
    sightings.set(id, noted);
  };
  note(range, slots.prefix.slotMs, [line]);
  if (!country || isHeld) return;
  note(country.now, slots.country.slotMs, []);
  note(country.usual, slots.usual.slotMs, []);
}

/** The rule a stored name means for this request; what somebody else did not ask for means nothing. */
function ruleFor(stored: string, notRequested: () => string): AbuseRule[] {
  const [rule = ''] = stored.split(':');
  if (!isRule(rule)) return [];
  return rule === stored || stored === notRequested() ? [rule] : [];
}

const isRule = (rule: string): rule is AbuseRule => Object.hasOwn(abuseRules, rule);

function looksOf(tenantId: string, keys: AbuseKeys, now: number): (readonly [string, Look])[] {
  const of = (key: Buffer, windowMs: number, slotMs: number): Look => ({
    tenantId,
    key,
    since: now - windowMs,
    settledSlot: now - settleMs - slotMs,
  });
  const { prefix, country, usual } = slots;
  return [
    ['range', of(keys.range, prefix.windowMs, prefix.slotMs)],
    ...(keys.country
      ? ([
          ['hour', of(keys.country.now, country.windowMs, country.slotMs)],
          ['recent', of(keys.country.now, country.recentMs, country.slotMs)],
          // Of days that are over: what happens today is what is judged.
          [
            'usual',
            { ...of(keys.country.usual, usual.windowMs, 0), settledSlot: slotOf(now, usual.slotMs) - 1 },
          ],
        ] as const)
      : []),
  ];
}

/** Those of one batch come one after the other: each sees the ones before it. */
function tellEach(
  sights: readonly Sight[],
  found: ReadonlyMap<string, Looked>,
  rules: ReadonlyMap<string, readonly string[]>,
): readonly Seen[] {
  const before = new Map<string, { count: number; lines: number[] }>();
  const meet = (id: string, line: number): { count: number; lines: readonly number[] } => {
    const met = before.get(id) ?? { count: 0, lines: [] };
    met.count += 1;
    met.lines.push(line);
    before.set(id, met);
    return met;
  };
  return sights.map(({ tenantId, keys, notRequested, counts }) => {
    if (!keys) return nothing;
    const of = (key: Buffer | undefined, window: string): Looked =>
      (key && found.get(idOf(tenantId, key, window))) ?? sawNothing;
    const range = of(keys.range, 'range');
    const own = counts ? meet(idOf(tenantId, keys.range), keys.line) : { count: 0, lines: [] };
    const all = counts ? meet(idOf('*', keys.range), keys.line) : { count: 0 };
    const usual = of(keys.country?.usual, 'usual').own;
    const used = new Set(range.usedLines);
    const held = [keys.range, ...(keys.country ? [keys.country.now] : [])];
    const standing = held.flatMap((key) => rules.get(idOf(tenantId, key)) ?? []);
    return {
      prefix: oneMore(range.own, own.count),
      everywhere: oneMore(range.all, all.count),
      tenants: range.tenants,
      line: keys.line,
      unusedLines: [...range.lines, ...own.lines].filter((line) => !used.has(line)),
      countryHour: of(keys.country?.now, 'hour').own,
      countryRecent: of(keys.country?.now, 'recent').own,
      usual: {
        sends: usual.settledSends,
        converted: usual.settledConverted,
        spanMs: slots.usual.windowMs,
      },
      unapproved: 0,
      standing: standing.flatMap((rule) => ruleFor(rule, notRequested)),
    };
  });
}
