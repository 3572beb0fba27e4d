import { generateCode } from '@otp-relay/vault';
import { fairness } from '../codes/chi-square.ts';
import { predictableSources } from '../codes/random-sources.ts';
import type { Figure, Row } from '../row.ts';

const leastP = 0.001;
const full = 10_000_000;
const short = 1_000_000;
const letters = '23456789BCDFGHJKMNPQRSTVWXYZ';
const byteCodes = 256;

/** Row 16: every code as likely as every other, in both alphabets. There is no seed: the source is the system's own. */
export const codeDistribution: Row = {
  rows: [16],
  title: 'the distribution of codes',
  quick: true,
  async run({ short: isShort, log }) {
    const codes = isShort ? short : full;
    // Even a fair source falls short once in so many tables: a failure has to repeat to count.
    let measured = measure(codes);
    if (measured.p <= leastP) {
      log(`p ${measured.p} in ${measured.table}; once more`);
      measured = measure(codes);
    }
    return [figureOf(codes, measured, predictableSources())];
  },
};

interface Measured {
  readonly p: number;
  readonly table: string;
  readonly tables: number;
}

/** The least fair of all tables: whole codes (their first digits, for ten a class), each position, pairs of letters. */
function measure(codes: number): Measured {
  const prefix = Math.round(Math.log10(codes)) - 1;
  const whole = new Uint32Array(10 ** prefix);
  const digits = Array.from({ length: 6 }, () => new Uint32Array(10));
  for (let n = 0; n < codes; n += 1) {
    const code = generateCode({ length: 6 }).reveal();
    count(whole, Number(code.slice(0, prefix)));
    for (const [at, table] of digits.entries()) count(table, code.charCodeAt(at) - 48);
  }
  const at = new Uint8Array(byteCodes);
  for (let n = 0; n < letters.length; n += 1) at[letters.charCodeAt(n)] = n;
  const pairs = Array.from({ length: 7 }, () => new Uint32Array(letters.length ** 2));
  for (let n = 0; n < codes / 10; n += 1) {
    const code = generateCode({ length: 8, alphabet: 'letters_digits' }).reveal();
    const values = Array.from({ length: 8 }, (_, i) => at[code.charCodeAt(i)] ?? 0);
    for (const [i, table] of pairs.entries())
      count(table, (values[i] ?? 0) * letters.length + (values[i + 1] ?? 0));
  }
  const tables = [
    { name: `first ${prefix} digits`, counts: whole },
    ...digits.map((counts, i) => ({ name: `digit ${i + 1}`, counts })),
    ...pairs.map((counts, i) => ({ name: `letters ${i + 1} and ${i + 2}`, counts })),
  ].map(({ name, counts }) => ({ table: name, p: fairness(counts) }));
  const [worst = { table: 'none', p: 0 }] = tables.sort((a, b) => a.p - b.p);
  return { ...worst, tables: tables.length };
}

const count = (table: Uint32Array, at: number): void => {
  table[at] = (table[at] ?? 0) + 1;
};

const figureOf = (codes: number, { p, table, tables }: Measured, predictable: readonly string[]): Figure => ({
  row: 16,
  figure: `distribution of ${codes.toLocaleString('en')} codes`,
  value: `χ² p ≥ ${p.toFixed(4)}; Math.random in ${predictable.length} files`,
  target: `χ² p > ${leastP}; Math.random nowhere`,
  pass: p > leastP && predictable.length === 0,
  ...(codes < full && { bounded: true }),
  detail: `the least fair of ${tables} tables is ${table}; ${predictable.length === 0 ? 'sources of apps and packages searched' : predictable.join(', ')}`,
});
