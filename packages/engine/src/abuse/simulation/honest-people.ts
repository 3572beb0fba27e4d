import { dayMs, mainTenant, type SimulatedAsk } from './event.ts';
import type { Chance } from './seeded.ts';

/** A country as the simulated tenant knows it: its share of the people, how many use their code, how its numbers begin. */
export interface SimulatedCountry {
  readonly name: string;
  readonly share: number;
  readonly conversion: number;
  readonly beginnings: readonly string[];
  /** Digits between the beginning and the last four: how many ranges people's numbers are spread over. */
  readonly rangeDigits: number;
}

export const simulatedCountries: readonly SimulatedCountry[] = [
  { name: 'DE', share: 0.3, conversion: 0.85, beginnings: ['+49151', '+49170'], rangeDigits: 3 },
  { name: 'US', share: 0.25, conversion: 0.8, beginnings: ['+1212', '+1415', '+1646'], rangeDigits: 3 },
  { name: 'BR', share: 0.15, conversion: 0.75, beginnings: ['+55119', '+55219'], rangeDigits: 4 },
  { name: 'IN', share: 0.15, conversion: 0.6, beginnings: ['+9198', '+9199'], rangeDigits: 4 },
  { name: 'FR', share: 0.1, conversion: 0.9, beginnings: ['+336'], rangeDigits: 4 },
  { name: 'LV', share: 0.03, conversion: 0.85, beginnings: ['+3712'], rangeDigits: 3 },
  { name: 'ID', share: 0.015, conversion: 0.7, beginnings: ['+62812'], rangeDigits: 4 },
  { name: 'AZ', share: 0.005, conversion: 0.65, beginnings: ['+99450'], rangeDigits: 3 },
];

const usual = { whatsApp: 0.8, email: 0.75, known: 0.6 } as const;

/** A number of a country; NANP exchanges never begin with 0 or 1. */
export function numberOf({ beginnings, rangeDigits }: SimulatedCountry, chance: Chance): string {
  const beginning = chance.pick(beginnings);
  const range = beginning.startsWith('+1')
    ? `${2 + chance.below(8)}${chance.digits(rangeDigits - 1)}`
    : chance.digits(rangeDigits);
  return `${beginning}${range}${chance.digits(4)}`;
}

/** More people by day than by night: accepted with the hour's share. */
function momentOf(chance: Chance): number {
  for (;;) {
    const at = chance.next() * dayMs;
    if (chance.next() < (1 - 0.7 * Math.cos((2 * Math.PI * at) / dayMs)) / 1.7) return Math.floor(at);
  }
}

/** Half of them within half a minute, hardly anybody after three. */
const hesitationOf = (chance: Chance): number =>
  Math.floor(6_000 - 30_000 * Math.log(1 - chance.next() * 0.995));

function personAt(at: number, phone: string, conversion: number, chance: Chance): SimulatedAsk {
  const used = chance.next() < conversion ? hesitationOf(chance) : undefined;
  return {
    at,
    tenantId: mainTenant,
    phone,
    ...(chance.next() < usual.email && { email: 'person@example.com' }),
    hasWhatsApp: chance.next() < usual.whatsApp,
    isKnown: chance.next() < usual.known,
    ...(used !== undefined && { usedAfterMs: used }),
  };
}

/** A day of honest people: by country and hour, a rush of half an hour, and colleagues whose numbers are neighbours. */
export function honestPeople(count: number, chance: Chance): SimulatedAsk[] {
  const people: SimulatedAsk[] = [];
  for (const country of simulatedCountries)
    for (let left = Math.round(count * 0.94 * country.share); left > 0; left -= 1)
      people.push(personAt(momentOf(chance), numberOf(country, chance), country.conversion, chance));
  const [first] = simulatedCountries;
  for (let left = Math.round(count * 0.05); first && left > 0; left -= 1)
    people.push(
      personAt(dayMs * 0.8 + chance.below(1_800_000), numberOf(first, chance), first.conversion, chance),
    );
  for (let office = 0; office < Math.round(count * 0.0005); office += 1) {
    const first = 4_915_160_000_000 + chance.below(900) * 10_000 + chance.below(9_000);
    const opensAt = chance.below(dayMs);
    for (let desk = 0; desk < 20; desk += 1)
      people.push(personAt(opensAt + chance.below(1_200_000), `+${first + desk}`, 0.95, chance));
  }
  return people;
}
