import { isIP } from 'node:net';
import { inner4, inner6, spellingsOf } from './inner-addresses.ts';

const names = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'hooks.localhost',
  'a.b.localhost',
  'loc\u00adalhost',
] as const;

/** How a host is dressed up so that a reader, or another parser, takes it for somebody else's. */
const dresses: readonly ((host: string, port: number) => string)[] = [
  (host, port) => `https://${host}:${port}/hook`,
  (host, port) => `http://${host}:${port}/hook`,
  (host, port) => `https://acme.example@${host}:${port}/`,
  (host, port) => `https://acme.example:443@${host}:${port}/`,
  (host, port) => `https:\\\\${host}:${port}\\hook`,
  (host, port) => `https:${host}:${port}/`,
  (host, port) => `  https://${host}:${port}/#@acme.example`,
  (host, port) => `ht\ttps://${host}:${port}/?https://acme.example/`,
  (host, port) => `HTTPS://${host}:${port}//acme.example/..//`,
];

const strangers = (port: number): readonly string[] => [
  `gopher://127.0.0.1:${port}/_SET%20a%20b`,
  `ftp://127.0.0.1:${port}/`,
  `ws://127.0.0.1:${port}/`,
  'file:///etc/passwd',
  `javascript:fetch('http://127.0.0.1:${port}')`,
  `data:text/plain,http://127.0.0.1:${port}/`,
  `blob:http://127.0.0.1:${port}/x`,
  `unix:/var/run/docker.sock`,
  `//127.0.0.1:${port}/`,
  `127.0.0.1:${port}`,
  '',
];

/** URLs for a tenant to give, none of which may be called. No name server is asked about any of them. */
export function innerUrls(port: number): readonly string[] {
  const hosts = [
    ...inner4.flatMap((address) => spellingsOf(address)),
    ...inner6.map((address) => `[${address}]`),
    ...inner6.slice(0, 4).map((address) => `[${address.toUpperCase()}]`),
    ...names,
  ];
  // The canary's own address in every dress; every other spelling in one, in turn.
  const urls = [
    ...strangers(port),
    ...dresses.flatMap((dress) =>
      ['127.0.0.1', '[::1]', '2130706433', '[::ffff:127.0.0.1]', 'localhost'].map((host) =>
        dress(host, port),
      ),
    ),
    ...hosts.map((host, index) => (dresses[index % 2] ?? dresses[0])?.(host, port) ?? ''),
  ];
  return [...new Set(urls)].filter(isLocalMatter);
}

function isLocalMatter(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const host = new URL(url).hostname.replace(/^\[|\]$|\.$/g, '');
  return host === '' || isIP(host) !== 0 || /(?:^|\.)localhost$/.test(host);
}
