/** Addresses that are nobody's host on the internet, one at least of every kind. */
export const inner4 = [
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '169.254.169.254',
  '169.254.170.2',
  '172.16.0.1',
  '172.31.255.254',
  '192.0.0.192',
  '192.168.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
] as const;

export const inner6 = [
  '::',
  '::1',
  '::7f00:1',
  '::ffff:7f00:1',
  '::ffff:a9fe:a9fe',
  '::ffff:0:7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::a00:1',
  '100::1',
  '2001::7f00:1',
  '2001:0:4136:e378:8000:63bf:80ff:fffe',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  '3fff::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::5efe:7f00:1',
  'fec0::1',
  'ff02::1',
] as const;

const bytesOf = (address: string): number[] => address.split('.').map(Number);
const hex = (n: number): string => n.toString(16);
const octal = (n: number): string => `0${n.toString(8)}`;

/** All the ways a URL can spell one IPv4 address (WHATWG URL, "IPv4 parser"; RFC 3986 percent-encoding; IDNA mapping). */
export function spellingsOf(address: string): readonly string[] {
  const [a = 0, b = 0, c = 0, d = 0] = bytesOf(address);
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  return [
    address,
    `${address}.`,
    String(whole),
    `0x${hex(whole)}`,
    `0X${hex(whole).toUpperCase()}`,
    `0${whole.toString(8)}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    [a, b, c, d].map((n) => `0x${hex(n)}`).join('.'),
    [a, b, c, d].map(octal).join('.'),
    `0x${hex(a)}.${octal(b)}.${c}.${d}`,
    [...address].map((character) => `%${character.charCodeAt(0).toString(16)}`).join(''),
    address.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    address.replaceAll('.', '\u3002'),
    `[::ffff:${address}]`,
    `[::${address}]`,
    `[64:ff9b::${address}]`,
    `[2002:${hex(a * 256 + b)}:${hex(c * 256 + d)}::1]`,
  ];
}
