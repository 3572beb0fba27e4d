/** The part of an address that belongs to one customer of an access provider, and what people may see of it. */
export interface Network {
  /** An IPv4 address, or the first 64 bits of an IPv6 address as 16 hex digits. */
  readonly name: string;
  /** `203.0.113.•••`, `2001:db8:1:•••` */
  readonly masked: string;
}

/**
 * An IPv4 address counts as a whole. Of IPv6 the /64 counts: whoever has one address there has all of them (RFC 6177). IPv4
 * inside IPv6 (`::ffff:203.0.113.7`, RFC 4291 section 2.5.5.2) is IPv4. Undefined when it is no address at all.
 */
export function networkOf(ip: string): Network | undefined {
  const four = ip.includes(':') ? undefined : quadOf(ip);
  if (four) return v4(four);
  const groups = ip.includes(':') ? groupsOf(ip) : undefined;
  if (!groups) return undefined;
  const [a = 0, b = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return v4([a >> 8, a & 255, b >> 8, b & 255]);
  const shown = groups.slice(0, 3).map((group) => group.toString(16));
  return {
    name: groups
      .slice(0, 4)
      .map((group) => group.toString(16).padStart(4, '0'))
      .join(''),
    masked: `${shown.join(':')}:•••`,
  };
}

const v4 = (quad: readonly number[]): Network => ({
  name: quad.join('.'),
  masked: `${quad.slice(0, 3).join('.')}.•••`,
});

function quadOf(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined;
  const quad = parts.map(Number);
  return quad.every((part) => part <= 255) ? quad : undefined;
}

/** The eight groups of an IPv6 address; a zone (`%eth0`) says nothing about whom it belongs to. */
function groupsOf(ip: string): number[] | undefined {
  const [address = ''] = ip.split('%');
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':').flatMap(groupOf)));
  if (!head || [...head, ...(tail ?? [])].some(Number.isNaN)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined) return missing === 0 ? head : undefined;
  return missing < 1 ? undefined : [...head, ...Array<number>(missing).fill(0), ...tail];
}

function groupOf(text: string): number[] {
  if (!text.includes('.')) return [/^[0-9a-f]{1,4}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN];
  const [a = Number.NaN, b = 0, c = 0, d = 0] = quadOf(text) ?? [];
  return [(a << 8) | b, (c << 8) | d].map((group) => (Number.isNaN(a) ? Number.NaN : group));
}
