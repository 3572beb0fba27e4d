import { createServer, type Server } from 'node:http';
import { createGuardedFetch, type FetchOutcome, type ResolveHost } from '@otp-relay/engine';
import type { Judged } from './by-worker.ts';
import { type Canary, outside } from './canary.ts';
import { inner4, inner6 } from './inner-addresses.ts';

interface Lie {
  readonly title: string;
  /** What the name server of an attacker says, by how often it was asked before. */
  readonly answer: (asked: number) => readonly string[];
}

/** Names that lead inside, names that lead inside the second time, and answers that are none. */
function lies({ addresses }: Canary): readonly Lie[] {
  const every = [...new Set([...inner4, ...inner6, ...addresses])];
  return [
    ...every.map((address) => ({ title: `→ ${address}`, answer: () => [address] })),
    ...every.slice(0, 20).map((address) => ({
      title: `→ ${outside}, then ${address}`,
      answer: (asked: number) => [asked % 2 === 0 ? outside : address],
    })),
    ...addresses.map((address) => ({
      title: `→ ${address} and ${outside}`,
      answer: () => [address, outside],
    })),
    ...['', 'localhost', '127.1', '0x7f000001', '127.0.0.1\0', '::ffff:127.0.0.1%lo', 'fe80::1%lo'].map(
      (junk) => ({
        title: `→ ${JSON.stringify(junk)}`,
        answer: () => [junk],
      }),
    ),
    { title: '→ nothing', answer: () => [] },
  ];
}

const callsEach = 4;
/** Nothing but the host that plays the internet may answer; what has no address is not called. */
const isFine = (outcome: FetchOutcome): boolean =>
  outcome.kind === 'answered' ||
  outcome.kind === 'refused' ||
  (outcome.kind === 'failed' && outcome.reason === 'unresolved');

/** Lets the product's own calls ask an attacker's name server, and follow an attacker's redirects if they would. */
export async function judgeByResolver(canary: Canary): Promise<Judged & { readonly answered: number }> {
  const places = [
    ...canary.addresses.map((address) => (address.includes(':') ? `[${address}]` : address)),
    'localhost',
    '169.254.169.254',
  ];
  const redirects = [301, 302, 303, 307, 308].flatMap((status) =>
    places.map((place) => ({ status, location: `http://${place}:${canary.port}/` })),
  );
  let next = 0;
  const host = createServer((request, response) => {
    const { status, location } = redirects[next] ?? { status: 200, location: '' };
    const isRedirect = request.url === '/redirect';
    response.writeHead(
      isRedirect ? status : 200,
      isRedirect ? { location, refresh: `0;url=${location}` } : {},
    );
    response.end();
  });
  await listen(host, canary.port);
  const doubtful: string[] = [];
  let tried = 0;
  let answered = 0;
  const call = async (title: string, path: string, resolve: ResolveHost, scheme = 'http'): Promise<void> => {
    const fetcher = createGuardedFetch({ allowedNetworks: [`${outside}/32`], resolve, timeoutMs: 1_000 });
    for (let round = 0; round < callsEach; round += 1) {
      const outcome = await fetcher.post({
        url: `${scheme}://hooks.attacker.example:${canary.port}${path}`,
        headers: { connection: round % 2 === 0 ? 'close' : 'keep-alive' },
        body: '{}',
      });
      if (outcome.kind === 'answered') answered += 1;
      if (!isFine(outcome)) doubtful.push(`${title}: ${JSON.stringify(outcome)}`);
    }
    tried += 1;
    await fetcher.close();
  };
  try {
    for (const { title, answer } of lies(canary)) {
      let asked = 0;
      await call(title, '/hook', async () => answer(asked++));
    }
    await call('→ a fault', '/hook', () => Promise.reject(new Error('SERVFAIL')));
    for (; next < redirects.length; next += 1)
      await call(`${redirects[next]?.status} ${redirects[next]?.location}`, '/redirect', async () => [
        outside,
      ]);
  } finally {
    await new Promise((resolve) => {
      host.close(resolve);
      host.closeAllConnections();
    });
  }
  return { tried, doubtful, answered };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, outside, resolve);
  });
