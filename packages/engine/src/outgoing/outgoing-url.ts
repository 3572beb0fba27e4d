/** Why a URL is never called, whatever its host resolves to. */
export type UrlRefusal = 'url_invalid' | 'url_has_credentials' | 'scheme_refused' | 'port_refused';

export type OutgoingUrl =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: UrlRefusal };

const maxLength = 2_048;

/**
 * Above 1023: what speaks a protocol of its own that a request could be mistaken for (the fetch standard's bad ports, and
 * databases). Below, only the web's own two.
 */
const refusedPorts = new Set([
  1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5672, 5900,
  5984, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9042, 9092, 9200, 9300, 10080, 10250,
  11211, 27017,
]);

/** Reads a URL that a tenant gave. Whether its address may be called is known only once a connection is made. */
export function readOutgoingUrl(text: string): OutgoingUrl {
  const refuse = (reason: UrlRefusal): OutgoingUrl => ({ ok: false, reason });
  if (text.length > maxLength || !URL.canParse(text)) return refuse('url_invalid');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('scheme_refused');
  if (url.username !== '' || url.password !== '') return refuse('url_has_credentials');
  if (url.hostname === '') return refuse('url_invalid');
  if (url.port !== '' && !isSanePort(Number(url.port))) return refuse('port_refused');
  return { ok: true, url };
}

const isSanePort = (port: number): boolean =>
  port < 1_024 ? port === 80 || port === 443 : !refusedPorts.has(port);
