import { Resolver } from 'node:dns/promises';

/** The addresses of a host name; empty or rejected when it has none. */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>;

/** Asks name servers; `close` gives up what was asked and not answered. */
export interface HostResolver {
  readonly resolve: ResolveHost;
  close(): void;
}

const loopback = ['127.0.0.1', '::1'];

/**
 * Asks the name servers directly. `getaddrinfo` would hold one of libuv's four threads for as long as a tenant's name
 * server keeps silent, and with four of those this process could resolve nothing else: not Postgres, not a provider.
 * `servers` (`127.0.0.1:5353`) in place of the system's.
 */
export function createResolver(servers?: readonly string[]): HostResolver {
  const resolver = new Resolver({ timeout: 1_500, tries: 2 });
  if (servers) resolver.setServers(servers);
  const resolve: ResolveHost = async (hostname) => {
    const name = hostname.replace(/\.$/, '').toLowerCase();
    // RFC 6761 §6.3: never asked of a name server.
    if (name === 'localhost' || name.endsWith('.localhost')) return loopback;
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    return [
      ...(four.status === 'fulfilled' ? four.value : []),
      ...(six.status === 'fulfilled' ? six.value : []),
    ];
  };
  return { resolve, close: () => resolver.cancel() };
}
