import { isIP } from 'node:net';
import { z } from 'zod';

/** A field that reads one text; `read` answers undefined when the text breaks the rule that `must` states. */
const field = <T>(type: string, example: string, must: string, read: (text: string) => T | undefined) =>
  z
    .string()
    .transform((text, context): T => {
      const value = read(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: must });
      return z.NEVER;
    })
    .meta({ type, example });

/** A whole number within bounds. */
export function integer({ min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {}) {
  return field('integer', String(min), `must be a whole number from ${min} to ${max}`, (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

/** A TCP port; 0 lets the system choose. */
export const port = () =>
  field('port', '3000', 'must be a port from 0 to 65535', (text) =>
    /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined,
  );

/** An absolute URL with one of these schemes, kept as text and without a trailing slash. */
export function url(...schemes: readonly [string, ...string[]]) {
  const starts = schemes.map((scheme) => `${scheme}://`);
  return field('url', `${starts[0]}…`, `must be a URL that starts with ${starts.join(' or ')}`, (text) =>
    starts.some((start) => text.startsWith(start)) && URL.canParse(text)
      ? text.replace(/\/$/, '')
      : undefined,
  );
}

function isNetwork(text: string): boolean {
  const [address = '', length = '', ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return !text.includes('/') || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128));
}

/** IP addresses and CIDR blocks with commas between. */
export const networks = () =>
  field(
    'networks',
    '10.0.0.0/8',
    'must be IP addresses or CIDR blocks with commas between',
    (text): readonly string[] | undefined => {
      const entries = text.split(',').map((entry) => entry.trim());
      return entries.every(isNetwork) ? entries : undefined;
    },
  );

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration in ms; `1500`, `250ms`, `5s`, `10m`, `1h` and `7d` are read. */
export function milliseconds({
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
}: {
  min?: number;
  max?: number;
} = {}) {
  const must = `must be a duration such as 1500, 250ms, 5s, 10m, 1h or 7d, from ${min} to ${max} ms`;
  return field('milliseconds', '5s', must, (text) => {
    const [, digits, unit = 'ms'] = /^(\d+)(ms|s|m|h|d)?$/.exec(text) ?? [];
    const value = digits === undefined ? Number.NaN : Number(digits) * (unitsMs[unit] ?? 1);
    return value >= min && value <= max ? value : undefined;
  });
}

const booleans = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** `true`, `false`, `1` or `0`. */
export const boolean = () =>
  field('boolean', 'true', 'must be true, false, 1 or 0', (text) => booleans.get(text.toLowerCase()));

const howTo = 'make a key with: openssl rand -base64 32';
const isKey = (text: string): boolean =>
  /^[\w+/-]{43}=?$/.test(text) && Buffer.from(text, 'base64').length === 32;

/** One secret key: base64 of 32 bytes, kept as text. */
export const secretKey = () =>
  field('key', '<openssl rand -base64 32>', `must be base64 of 32 bytes; ${howTo}`, (text) =>
    isKey(text) ? text : undefined,
  ).meta({ secret: true });

/** Versioned secret keys, `1:<key>,2:<key>`, kept as text; the highest version that is not marked `:standby` is the current one. */
export const keyRing = () =>
  field(
    'key ring',
    '1:<openssl rand -base64 32>',
    `must be 1:<base64 of 32 bytes>, more versions after commas; ${howTo}`,
    (text) =>
      text.split(',').every((entry) => {
        const [, key = ''] = /^\s*[1-9]\d{0,4}:(\S+?)(?::standby)?\s*$/.exec(entry) ?? [];
        return isKey(key);
      })
        ? text
        : undefined,
  ).meta({ secret: true });
