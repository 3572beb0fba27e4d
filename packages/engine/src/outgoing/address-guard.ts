import { BlockList, isIP } from 'node:net';

/** What an IP address is to a call that goes out: on the internet, in a network the operator allowed, or neither. */
export type Reach = 'public' | 'allowed' | 'refused';

/**
 * Everything that is not somebody's host on the internet (IANA special-purpose address registries, 2025-11), and what
 * only clouds know: Azure answers its guests at 168.63.129.16.
 */
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
] as const;

/** Global unicast; whatever is outside is loopback, link-local, unique-local, multicast, mapped, NAT64 or unassigned. */
const global6 = ['2000::/3'] as const;

/** Inside global unicast: protocol assignments with Teredo, documentation, 6to4 (which carries any IPv4 address). */
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'] as const;

/** Says of an address, in any spelling, whether a call may go there; `allowed` are the operator's networks, as CIDRs. */
export function createAddressGuard(allowed: readonly string[] = []): (address: string) => Reach {
  const refused4 = listOf(special4);
  const wanted6 = listOf(global6);
  const refused6 = listOf(special6);
  const own = listOf(allowed);
  return (address) => {
    const bare = address.replace(/%.*$/, '');
    const version = isIP(bare);
    if (version === 0) return 'refused';
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (own.check(bare, family)) return 'allowed';
    if (version === 4) return refused4.check(bare, family) ? 'refused' : 'public';
    return wanted6.check(bare, family) && !refused6.check(bare, family) ? 'public' : 'refused';
  };
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', length] = network.split('/');
    const version = isIP(address);
    if (version === 0) throw new RangeError(`${network} is not a network such as 10.0.0.0/8`);
    const bits = version === 4 ? 32 : 128;
    list.addSubnet(address, length === undefined ? bits : Number(length), version === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
