import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { Reach } from './address-guard.ts';
import type { ResolveHost } from './host-resolver.ts';

/** No connection was made, because of where it would have gone. */
export class AddressRefused extends Error {
  readonly code: 'ADDRESS_REFUSED' | 'PLAIN_HTTP_REFUSED' | 'UNRESOLVED';

  constructor(code: AddressRefused['code']) {
    super(code);
    this.code = code;
  }
}

/**
 * Connects to an address that was checked, and to no other: the name is resolved once, what may not be called is left out,
 * and the socket gets the addresses that remain. A name that resolves differently a moment later gains nothing. The
 * host name stays what `Host` and SNI say. Plain HTTP goes to networks the operator allowed only.
 */
export function guardedConnect(options: {
  readonly reachOf: (address: string) => Reach;
  readonly resolve: ResolveHost;
  readonly timeoutMs: number;
}): buildConnector.connector {
  const { reachOf, resolve } = options;

  function refusalOf(address: string, protocol: string): AddressRefused | undefined {
    const reach = reachOf(address);
    if (reach === 'refused') return new AddressRefused('ADDRESS_REFUSED');
    return protocol !== 'https:' && reach !== 'allowed'
      ? new AddressRefused('PLAIN_HTTP_REFUSED')
      : undefined;
  }

  const lookupFor =
    (protocol: string): LookupFunction =>
    (hostname, { all }, callback) => {
      void addressesOf(hostname, protocol).then(
        (addresses) => {
          const [first] = addresses;
          if (first === undefined) callback(new AddressRefused('UNRESOLVED'), '', 4);
          else if (all) callback(null, addresses);
          else callback(null, first.address, first.family);
        },
        (refused: Error) => callback(refused, '', 4),
      );
    };

  async function addressesOf(
    hostname: string,
    protocol: string,
  ): Promise<{ address: string; family: number }[]> {
    const resolved = await resolve(hostname).catch(() => []);
    const usable = resolved.filter((address) => refusalOf(address, protocol) === undefined);
    const [first] = resolved;
    if (usable.length === 0 && first !== undefined) throw refusalOf(first, protocol);
    return usable.map((address) => ({ address, family: isIP(address) }));
  }

  const connectorFor = (protocol: string): buildConnector.connector =>
    buildConnector({
      timeout: options.timeoutMs,
      autoSelectFamily: true,
      lookup: lookupFor(protocol),
    });
  const connectors = { 'https:': connectorFor('https:'), 'http:': connectorFor('http:') };

  return (target, callback) => {
    const protocol = target.protocol === 'https:' ? 'https:' : 'http:';
    const hostname = target.hostname.replace(/^\[|\]$/g, '');
    // An address in the URL is never looked up.
    const refused = isIP(hostname) === 0 ? undefined : refusalOf(hostname, protocol);
    if (refused) return callback(refused, null);
    connectors[protocol](target, (error, socket) => {
      if (!socket) return callback(error ?? new AddressRefused('UNRESOLVED'), null);
      // What counts in the end is where the socket is connected, however it came there.
      const stray = refusalOf(socket.remoteAddress ?? '', protocol);
      if (!stray) return callback(null, socket);
      socket.destroy();
      callback(stray, null);
    });
  };
}
