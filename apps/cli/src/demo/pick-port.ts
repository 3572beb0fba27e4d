import { createServer } from 'node:net';
import { CliFault } from '../cli-fault.ts';

export const host = '127.0.0.1';
/** So many ports above a taken one are tried before any free one will do. */
const neighbours = 20;

/** Why a port of this machine cannot be listened on; undefined when it can. */
const troubleWith = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer().once('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? '?'));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });

/** A port for a process, and how it came to be this one: ` (3000 is taken)`. */
export interface PickedPort {
  readonly port: number;
  readonly remark: string;
}

/** The wished port when it is free, else one close by; `avoid` is one that is given away already. */
export async function pickPort(wished: number, avoid?: number): Promise<PickedPort> {
  for (let port = wished; port <= Math.min(wished + neighbours, 65_535); port += 1)
    if (port !== avoid && (await troubleWith(port)) === undefined)
      return { port, remark: port === wished ? '' : ` (${wished} is taken)` };
  return { port: await anyPort(), remark: ` (${wished} is taken)` };
}

const anyPort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** The port that was asked for, and no other; 0 is any. Throws when it cannot be had. */
export async function demandPort(port: number): Promise<PickedPort> {
  if (port === 0) return { port: await anyPort(), remark: '' };
  const trouble = await troubleWith(port);
  if (trouble === undefined) return { port, remark: '' };
  if (trouble === 'EACCES')
    throw new CliFault(`Port ${port} is not for this user.`, {
      fix: 'Give one above 1023: --port 3000',
    });
  throw new CliFault(`Port ${port} is taken by another process.`, {
    fix: 'Stop that process, give another port, or leave --port out: then the demo picks a free one.',
  });
}
