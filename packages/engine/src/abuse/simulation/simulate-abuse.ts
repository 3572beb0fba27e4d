import { randomBytes } from 'node:crypto';
import { tenantConfig, verificationRequest } from '@otp-relay/contracts';
import type { Channel, Step } from '@otp-relay/core';
import type { Store } from '@otp-relay/store';
import { createPepper, type Pepper } from '@otp-relay/vault';
import { type Recipient, readRecipient } from '../../recipient.ts';
import type { AbuseAsk, AbuseScreened } from '../abuse-ask.ts';
import { abuseKeys, usesOf } from '../abuse-keys.ts';
import { type Abuse, createAbuse } from '../create-abuse.ts';
import { asksOf, attacks } from './attacks.ts';
import { dayMs, mainTenant, type SimulatedAsk } from './event.ts';
import { honestPeople, simulatedCountries } from './honest-people.ts';
import { createMemoryAbuseStore, type MemoryAbuseStore } from './memory-abuse-store.ts';
import { type AbuseReport, reportOf, type Screening } from './report.ts';
import { type Chance, seeded } from './seeded.ts';

export interface AbuseSimulation {
  readonly seed: number;
  /** Honest people in the day; 20,000 when not given. */
  readonly people?: number;
  /** Shrinks every attack; 1 when not given. */
  readonly attackScale?: number;
  /** The tenant's rules: what `abuse` of its config says. */
  readonly abuse?: unknown;
  /** Remembers in Postgres instead of in memory. */
  readonly store?: Store['abuse'];
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const startAt = Date.UTC(2026, 0, 12);
const historyDays = 7;

/** Plays a day of honest people and attacks against the real rules, in virtual time, and says what got through. */
export async function simulateAbuse(simulation: AbuseSimulation): Promise<AbuseReport> {
  const chance = seeded(simulation.seed);
  const people = simulation.people ?? 20_000;
  const shapes = attacks(simulation.attackScale ?? 1);
  const asks = [...honestPeople(people, chance), ...shapes.flatMap((attack) => asksOf(attack, chance))];
  asks.sort((one, other) => one.at - other.at);
  const stage = createStage(simulation);
  await rememberWeek(stage, people, chance);
  const screenings = await play(asks, stage);
  return reportOf({ seed: simulation.seed, people, shapes, screenings, startAt });
}

interface Stage {
  readonly abuse: Abuse;
  readonly store: Pick<MemoryAbuseStore, 'watch' | 'noteUsed' | 'know'>;
  readonly pepper: Pepper;
  readonly config: AbuseAsk['tenant']['config'];
  now: number;
}

function createStage({ abuse, store: postgres }: AbuseSimulation): Stage {
  const memory = createMemoryAbuseStore();
  const store = postgres ? { ...postgres, isKnown: memory.isKnown, know: memory.know } : memory;
  const pepper = createPepper(randomBytes(32).toString('base64'));
  const stage = { now: startAt };
  const clock = { now: () => stage.now };
  const outgoing = {
    post: async () => ({ kind: 'refused', reason: 'address_refused' }) as const,
    close: async () => undefined,
  };
  return Object.assign(stage, {
    abuse: createAbuse({
      store: { abuse: store },
      pepper,
      outgoing,
      clock,
      log: silent,
      tally: { abuse() {} },
    }),
    store,
    pepper,
    config: configWith(abuse),
  });
}

const configWith = (abuse: unknown): AbuseAsk['tenant']['config'] =>
  tenantConfig.parse({
    name: 'Simulated',
    brand: 'Simulated',
    countries: simulatedCountries.map((country) => country.name),
    ...(abuse !== undefined && { abuse }),
    accounts: {
      wa: { provider: 'meta-whatsapp' },
      sms: { provider: 'twilio-sms' },
      mail: { provider: 'smtp-email' },
    },
    route: [
      { channel: 'whatsapp', account: 'wa' },
      { channel: 'sms', account: 'sms' },
      { channel: 'email', account: 'mail' },
    ],
  });

const step = (channel: Channel, provider: Step['provider'], account: string): Step => ({
  channel,
  provider,
  account,
  timeoutMs: 25_000,
  success: 'delivered',
  minLifeMs: 0,
});
const route: readonly Step[] = [
  step('whatsapp', 'meta-whatsapp', 'wa'),
  step('sms', 'twilio-sms', 'sms'),
  step('email', 'smtp-email', 'mail'),
];
const request = verificationRequest.parse({ to: { phone: '+4915112345678' } });

/** What is usual of every country: a week of honest people, as the days' sums the rules keep. */
async function rememberWeek(stage: Stage, people: number, chance: Chance): Promise<void> {
  for (let day = 1; day <= historyDays; day += 1) {
    const slot = startAt - day * dayMs;
    for (const { name, share, conversion } of simulatedCountries) {
      const key = Buffer.from(`d:${name}`);
      const sends = Math.round(people * share * (0.9 + chance.next() * 0.2));
      await stage.store.watch(
        [{ tenantId: mainTenant, key, slot, count: sends, lines: [] }],
        [],
        [],
        stage.now,
      );
      const one = { tenantId: mainTenant, key, slot, line: null };
      await stage.store.noteUsed(Array.from({ length: Math.round(sends * conversion) }, () => one));
    }
  }
}

async function play(asks: readonly SimulatedAsk[], stage: Stage): Promise<Screening[]> {
  const screenings: Screening[] = [];
  const uses: { at: number; askedAt: number; ask: SimulatedAsk; recipient: Recipient }[] = [];
  for (const ask of asks) {
    const recipient = readRecipient({ phone: ask.phone, email: ask.email });
    // What no phone network could route is refused at the door, before any rule.
    if ('problem' in recipient) continue;
    while (uses[0] && uses[0].at <= ask.at) await use(uses.shift(), stage);
    stage.now = startAt + ask.at;
    if (ask.isKnown)
      stage.store.know(ask.tenantId, stage.pepper.addressKey(ask.tenantId, 'phone', recipient.phone ?? ''));
    const screened = await stage.abuse.screen({
      tenant: { id: ask.tenantId, config: stage.config },
      request,
      recipient,
      steps: route,
      mode: 'live',
      source: 'http',
    });
    const reached = reachOf(ask, screened);
    screenings.push({ ask, country: recipient.country, screened, reached });
    if (ask.usedAfterMs !== undefined && reached !== 'nothing')
      insertByTime(uses, { at: ask.at + ask.usedAfterMs, askedAt: stage.now, ask, recipient });
  }
  await stage.abuse.drain();
  return screenings;
}

/** The first channel that gets through: a number without WhatsApp falls back. */
function reachOf(ask: SimulatedAsk, screened: AbuseScreened): Screening['reached'] {
  if (screened.kind === 'refused') return 'nothing';
  for (const { channel } of screened.steps) {
    if (channel === 'whatsapp' && ask.hasWhatsApp) return 'whatsapp';
    if (channel === 'sms') return 'sms';
    if (channel === 'email' && ask.email !== undefined) return 'email';
  }
  return 'nothing';
}

async function use(
  one: { askedAt: number; ask: SimulatedAsk; recipient: Recipient } | undefined,
  stage: Stage,
): Promise<void> {
  const phone = one?.recipient.phone;
  if (!one || phone === undefined) return;
  const keys = abuseKeys(stage.pepper, phone, one.recipient.country);
  await stage.store.noteUsed(usesOf(one.ask.tenantId, keys, one.askedAt));
}

function insertByTime<T extends { readonly at: number }>(queue: T[], item: T): void {
  const after = queue.findLastIndex((one) => one.at <= item.at);
  queue.splice(after + 1, 0, item);
}
