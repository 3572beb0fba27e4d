import { slots } from '@otp-relay/core';
import type { AbuseScreened } from '../abuse-ask.ts';
import type { Attack } from './attacks.ts';
import { countryCrossing } from './crossing.ts';
import type { SimulatedAsk } from './event.ts';
import { simulatedCountries } from './honest-people.ts';

/** One request and what became of it. */
export interface Screening {
  readonly ask: SimulatedAsk;
  readonly country: string | null;
  readonly screened: AbuseScreened;
  /** The channel that got through. */
  readonly reached: 'whatsapp' | 'sms' | 'email' | 'nothing';
}

export interface AttackReport {
  readonly name: string;
  readonly shape: string;
  readonly asks: number;
  /** Messages that cost money and reached the attacker's numbers. */
  readonly leaked: number;
  /** From crossing the line to the first message held back, ms; null when it was never held back. */
  readonly blockedAfterMs: number | null;
}

export interface AbuseReport {
  readonly seed: number;
  readonly attacks: readonly AttackReport[];
  readonly attackAsks: number;
  readonly leaked: number;
  /** Of all requests of attacks. */
  readonly leakedShare: number;
  /** At seven cents each, in euros. */
  readonly money: number;
  readonly honestAsks: number;
  /** Honest people whom nothing reached. */
  readonly falsePositives: number;
  readonly falsePositiveShare: number;
  /** Honest people who got no SMS but were reached otherwise. */
  readonly degraded: number;
  readonly slowestBlockMs: number;
  readonly outsideAllowedCountries: number;
}

const priceOfSms = 0.07;

export function reportOf(played: {
  readonly seed: number;
  readonly people: number;
  readonly shapes: readonly Attack[];
  readonly screenings: readonly Screening[];
  readonly startAt: number;
}): AbuseReport {
  const { screenings, shapes, people } = played;
  const honest = screenings.filter(({ ask }) => ask.attack === undefined);
  const reports = shapes.map((attack) => attackReport(attack, screenings, people));
  const attackAsks = reports.reduce((sum, { asks }) => sum + asks, 0);
  const leaked = reports.reduce((sum, one) => sum + one.leaked, 0);
  const lost = honest.filter(({ reached }) => reached === 'nothing').length;
  const allowed = simulatedCountries.map((country) => country.name);
  return {
    seed: played.seed,
    attacks: reports,
    attackAsks,
    leaked,
    leakedShare: leaked / attackAsks,
    money: Math.round(leaked * priceOfSms * 100) / 100,
    honestAsks: honest.length,
    falsePositives: lost,
    falsePositiveShare: lost / honest.length,
    degraded: honest.filter(
      ({ reached, screened }) =>
        reached !== 'nothing' &&
        screened.kind === 'allowed' &&
        !screened.steps.some((one) => one.channel === 'sms'),
    ).length,
    slowestBlockMs: Math.max(
      ...reports.map(({ blockedAfterMs }) => blockedAfterMs ?? Number.POSITIVE_INFINITY),
    ),
    outsideAllowedCountries: screenings.filter(
      ({ country, reached }) => reached !== 'nothing' && (country === null || !allowed.includes(country)),
    ).length,
  };
}

const isHeld = ({ reached }: Screening): boolean => reached !== 'sms';

function attackReport(attack: Attack, screenings: readonly Screening[], people: number): AttackReport {
  const own = screenings.filter(({ ask }) => ask.attack === attack.name);
  const crossedAt = crossingOf(attack, own, screenings, people);
  const held = own.find((one) => isHeld(one) && one.ask.at >= (crossedAt ?? 0));
  const early = own.find(isHeld);
  const blockedAt = early && crossedAt !== undefined && early.ask.at < crossedAt ? crossedAt : held?.ask.at;
  return {
    name: attack.name,
    shape: attack.shape,
    asks: own.length,
    leaked: own.filter(({ reached }) => reached === 'sms').length,
    blockedAfterMs: blockedAt === undefined || crossedAt === undefined ? null : blockedAt - crossedAt,
  };
}

function crossingOf(
  { crossesAfter }: Attack,
  own: readonly Screening[],
  screenings: readonly Screening[],
  people: number,
): number | undefined {
  if (typeof crossesAfter === 'number') return own[crossesAfter - 1]?.ask.at;
  const { country: name } = crossesAfter;
  const country = simulatedCountries.find((one) => one.name === name);
  if (!country) return undefined;
  const perDay = people * country.share * (1 - country.conversion);
  return countryCrossing(
    screenings.filter((one) => one.country === name).map((one) => one.ask),
    { conversion: country.conversion, unusedPerRecent: (perDay * slots.country.recentMs) / 86_400_000 },
  );
}
