import { dayMs, mainTenant, type SimulatedAsk } from './event.ts';
import { numberOf, simulatedCountries } from './honest-people.ts';
import type { Chance } from './seeded.ts';

/** A way to have codes sent to numbers one is paid for. */
export interface Attack {
  readonly name: string;
  readonly shape: string;
  /** The rule that must see it; it has crossed the line with this many messages, or where its country's measure says. */
  readonly crossesAfter: number | { readonly country: string };
  readonly count: number;
  ask(
    index: number,
    chance: Chance,
  ): Omit<SimulatedAsk, 'attack' | 'hasWhatsApp' | 'isKnown' | 'tenantId'> & {
    readonly tenantId?: string;
  };
}

const hourMs = 3_600_000;
const countryNamed = (name: string) => {
  const country = simulatedCountries.find((one) => one.name === name);
  if (!country) throw new RangeError(`there is no country ${name} in the simulation`);
  return country;
};
const spread = (from: number, overMs: number, count: number, index: number, chance: Chance): number =>
  Math.floor(from + ((index + chance.next()) * overMs) / count);

/** Beginning and digits still to come: mobile numbers of countries the tenant never opened. */
const closed = [
  ['+992918', 6],
  ['+94712', 6],
  ['+21655', 6],
  ['+252612', 6],
  ['+3706', 7],
  ['+8801711', 6],
  ['+3579', 7],
  ['+6681', 7],
] as const;
/** Numbers that earn their owner money, in countries that are open. */
const premium = [
  ['+1900555', 4],
  ['+499001', 6],
  ['+33899', 6],
  ['+491801', 6],
] as const;

/** Every shape known from the field; sizes as they are met there. `scale` shrinks them all. */
export function attacks(scale: number): readonly Attack[] {
  const of = (attack: Omit<Attack, 'count'> & { count: number }): Attack => ({
    ...attack,
    count: Math.max(50, Math.round(attack.count * scale)),
  });
  return [
    of({
      name: 'in a row',
      shape: 'numbers one after the other in one range, one a second',
      crossesAfter: 5,
      count: 3_000,
      ask: (index) => ({ at: 2 * hourMs + index * 1_000, phone: `+371299${10_000 + index}` }),
    }),
    of({
      name: 'one range',
      shape: 'numbers at random in one range, two a second',
      crossesAfter: 11,
      count: 4_000,
      ask: (index, chance) => ({ at: 5 * hourMs + index * 500, phone: `+62812777${chance.digits(4)}` }),
    }),
    of({
      name: 'faked use',
      shape: 'one range, every address another, one code in ten used',
      crossesAfter: 11,
      count: 4_000,
      ask: (index, chance) => ({
        at: 8 * hourMs + index * 2_000,
        phone: `+91984441${chance.digits(4)}`,
        ...(chance.next() < 0.1 && { usedAfterMs: 10_000 }),
      }),
    }),
    of({
      name: 'many ranges',
      shape: 'a small country, 900 ranges, no range more than a few in an hour',
      crossesAfter: { country: 'AZ' },
      count: 6_000,
      ask: (index, chance) => ({
        at: spread(10 * hourMs, 4 * hourMs, 6_000 * scale, index, chance),
        phone: numberOf(countryNamed('AZ'), chance),
      }),
    }),
    of({
      name: 'in the crowd',
      shape: 'a large country, hidden among its honest people',
      crossesAfter: { country: 'DE' },
      count: 8_000,
      ask: (index, chance) => ({
        at: spread(14 * hourMs, 4 * hourMs, 8_000 * scale, index, chance),
        phone: numberOf(countryNamed('DE'), chance),
      }),
    }),
    of({
      name: 'many tenants',
      shape: 'one range through 50 tenants, each below every limit',
      crossesAfter: 31,
      count: 4_000,
      ask: (index, chance) => ({
        at: 19 * hourMs + index * 1_600,
        phone: `+551191033${chance.digits(4)}`,
        tenantId: `small-${index % 50}`,
      }),
    }),
    of({
      name: 'closed countries',
      shape: 'numbers of countries the tenant did not open',
      crossesAfter: 1,
      count: 2_000,
      ask: (index, chance) => ({
        at: spread(0, dayMs, 2_000 * scale, index, chance),
        phone: numberIn(closed, chance),
      }),
    }),
    of({
      name: 'premium numbers',
      shape: 'premium-rate and shared-cost numbers of open countries',
      crossesAfter: 1,
      count: 500,
      ask: (index, chance) => ({
        at: spread(0, dayMs, 500 * scale, index, chance),
        phone: numberIn(premium, chance),
      }),
    }),
  ];
}

const numberIn = (ranges: readonly (readonly [string, number])[], chance: Chance): string => {
  const [beginning, digits] = chance.pick(ranges);
  return `${beginning}${chance.digits(digits)}`;
};

/** The attack's requests; nobody behind them reads a message, and no robot was a customer before. */
export const asksOf = (attack: Attack, chance: Chance): SimulatedAsk[] =>
  Array.from({ length: attack.count }, (_, index) => ({
    tenantId: mainTenant,
    ...attack.ask(index, chance),
    hasWhatsApp: false,
    isKnown: false,
    attack: attack.name,
  }));
