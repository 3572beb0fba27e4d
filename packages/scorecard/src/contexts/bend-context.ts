import fc from 'fast-check';
import type { Context } from './any-context.ts';

type Bend = (text: string) => string | readonly string[];

/** The same number written another way, and numbers close by. */
const amounts: readonly Bend[] = [
  (amount) => (amount.includes('.') ? `${amount}0` : [`${amount}.0`, `${amount}.00`, `${amount}.000`]),
  (amount) => amount.replace(/0+$/, '').replace(/\.$/, ''),
  (amount) => amount.split('.')[0] ?? '',
  (amount) => [`0${amount}`, `+${amount}`, `-${amount}`, `${amount}e0`, `${amount}.`, `${amount},00`],
  (amount) => amount.replace('.', ','),
  (amount) => amount.replace('.', ''),
  (amount) => [` ${amount}`, `${amount} `, `${amount}\n`, `${amount}\u0000`],
  (amount) => amount.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  (amount) => amount.replace(/\d/g, (digit) => String.fromCodePoint(0x0660 + Number(digit))),
  (amount) => [
    String(Number(amount) + 1),
    String(Number(amount) * 10),
    Number(amount).toFixed(2),
    String(Number(amount)),
  ],
  (amount) => Number(amount).toLocaleString('en'),
  (amount) => [...amount].reverse().join(''),
];

const currencies: readonly Bend[] = [
  (code) => [
    code.toLowerCase(),
    `${code[0]}${code.slice(1).toLowerCase()}`,
    ` ${code}`,
    `${code} `,
    code.slice(0, 2),
  ],
  (code) => code.replace(/[ACEHKMOPTX]/, (c) => 'АСЕНКМОРТХ'['ACEHKMOPTX'.indexOf(c)] ?? c),
  (code) => [...code].reverse().join(''),
  (code) => (code === 'USD' ? 'EUR' : 'USD'),
];

/** Names that look, sound or normalise like the one that was shown. */
const names: readonly Bend[] = [
  (name) => [name.normalize('NFD'), name.normalize('NFKC'), name.normalize('NFKD')],
  (name) => name.normalize('NFD').replace(/\p{M}/gu, ''),
  (name) => [name.toUpperCase(), name.toLowerCase()],
  (name) => name.replace(/[aceopxy]/, (c) => 'асеорху'['aceopxy'.indexOf(c)] ?? c),
  (name) => [
    `${name} `,
    ` ${name}`,
    name.replace(' ', '  '),
    name.replace(' ', '\u00a0'),
    name.replaceAll(' ', ''),
  ],
  (name) =>
    ['\u200b', '\u200d', '\u202e', '\ufeff', '\u00ad', '\u0301', '\u0000'].map(
      (mark) => `${name.slice(0, 1)}${mark}${name.slice(1)}`,
    ),
  (name) => [name.slice(0, -1), name.slice(1), `${name}.`, `${name}${name}`.slice(0, 200), ''],
  (name) => name.split(' ').reverse().join(' '),
  (name) => name.replace('fi', 'ﬁ').replace('ﬁ', 'fi'),
  (name) => name.replace('Å', 'Å').replace("'", '’'),
];

const hashes: readonly Bend[] = [
  (hash) => hash.toUpperCase(),
  (hash) => Array.from({ length: 8 }, (_, at) => flip(hash, at * 8)),
  (hash) => [
    hash.slice(0, 63),
    hash.slice(1),
    `${hash}0`,
    `0x${hash}`,
    `sha256:${hash}`,
    `${hash}\n`,
    hash.slice(0, 8),
  ],
  (hash) => [...hash].reverse().join(''),
  (hash) => Buffer.from(hash, 'hex').toString('base64'),
];
const flip = (hash: string, at: number): string =>
  `${hash.slice(0, at)}${((Number.parseInt(hash.charAt(at), 16) + 1) & 15).toString(16)}${hash.slice(at + 1)}`;

const bends: Readonly<Record<string, readonly Bend[]>> = {
  amount: amounts,
  currency: currencies,
  payee: names,
  documentTitle: names,
  documentHash: hashes,
};

/** Changes of what the context is made of, instead of a value. */
const reshaped = (context: Context): readonly (Context | undefined)[] => {
  const entries = Object.entries(context);
  const [first, second] = entries;
  return [
    undefined,
    {},
    { ...context, extra: '' },
    { ...context, amount: '1', payee: 'x' },
    { documentTitle: 'x', documentHash: 'a0'.repeat(32) },
    ...entries.map(([gone]) => Object.fromEntries(entries.filter(([key]) => key !== gone))),
    ...entries.map(([odd, value]) => ({ ...context, [odd]: '', [odd.toUpperCase()]: value })),
    Object.fromEntries(entries.map(([key, value]) => [key.toLowerCase(), value])),
    Object.fromEntries(
      entries.map(([key], index) => [key, entries[(index + 1) % entries.length]?.[1] ?? '']),
    ),
    // One field's end moved to the beginning of the next: only an injective encoding tells them apart.
    first && second
      ? { ...context, [first[0]]: first[1].slice(0, -1), [second[0]]: `${first[1].slice(-1)}${second[1]}` }
      : {},
  ];
};

/** Whatever else, of a whole value or of one character of it. */
const anything = (context: Context): fc.Arbitrary<Context> =>
  fc
    .record({
      key: fc.constantFrom(...Object.keys(context)),
      text: fc.string({ unit: 'binary', maxLength: 80 }),
      at: fc.nat(),
      inside: fc.boolean(),
    })
    .map(({ key, text, at, inside }) => {
      const value = context[key] ?? '';
      const place = at % (value.length + 1);
      return {
        ...context,
        [key]: inside ? `${value.slice(0, place)}${text.slice(0, 1)}${value.slice(place)}` : text,
      };
    });

/** A context that is not the given one, however alike they look; undefined is one that was left out. */
export function bent(context: Context): fc.Arbitrary<Context | undefined> {
  const values = Object.entries(context).flatMap(([key, value]) =>
    (bends[key] ?? []).flatMap((bend) => [bend(value)].flat()).map((text) => ({ ...context, [key]: text })),
  );
  return fc
    .oneof(
      { arbitrary: fc.constantFrom(...values), weight: 6 },
      { arbitrary: fc.constantFrom(...reshaped(context)), weight: 2 },
      { arbitrary: anything(context), weight: 2 },
    )
    .filter((other) => !isSame(context, other));
}

const isSame = (one: Context, other: Context | undefined): boolean =>
  other !== undefined &&
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([key, value]) => Object.hasOwn(other, key) && other[key] === value);
