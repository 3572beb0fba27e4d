import { seeded } from '../random.ts';

const names = [
  'x-forwarded-for',
  'x-forwarded-for',
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'cf-connecting-ip',
  'true-client-ip',
  'fastly-client-ip',
  'x-originating-ip',
  'x-remote-addr',
  'via',
] as const;
const networks = ['198.51.100', '203.0.113', '10.0.0', '127.0.0'] as const;
const odd = ['unknown', '_hidden', '""', '0x7f.1', '::ffff:127.0.0.1', '127.0.0.1:443', "' or 1=1"] as const;

/** Claims about who calls, from a seed: another address each, in lists of every length, in every header that is known. */
export function forgedHeaders(seed: number): () => Readonly<Record<string, string>> {
  const random = seeded(seed);
  const address = (): string => {
    const kind = random.int(0, 9);
    if (kind === 0) return random.pick(odd);
    if (kind <= 2) return `2001:db8::${random.int(0, 65_535).toString(16)}`;
    return `${random.pick(networks)}.${random.int(0, 255)}`;
  };
  const list = (): string =>
    Array.from({ length: random.int(1, 4) }, address).join(random.pick([', ', ',', ' , ']));
  return () => {
    const name = random.pick(names);
    const claim = name === 'forwarded' ? `for="${address()}";proto=https;by=${address()}` : list();
    return {
      [name]: claim,
      ...(random.int(0, 2) === 0 && { 'x-forwarded-proto': 'https', 'x-real-ip': address() }),
    };
  };
}
